import * as v from 'valibot';
import { Bitrix24Error } from '../bitrix24/errors';
import type { ErrorKind, Phase } from '../bitrix24/errors';
import { byWay, newDraft } from './draft';
import { draftSchema } from './draftFile';
import { pushOrigins, summaryOf } from './push';
import type { Decision, DeliveryStatus, Push, PushPerson } from './push';

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const ids = v.array(id);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const person = v.object({ id, name: v.optional(v.string()) });

/** What a personal text said about somebody. */
const facts = v.object({
  id,
  ...v.entriesFromList(
    ['firstName', 'lastName', 'name', 'position', 'department'],
    v.optional(v.string()),
  ),
});

/** The first line of a push's file. */
const headLine = v.object({
  version: v.literal(1),
  id: v.string(),
  at: v.number(),
  host: v.string(),
  origin: v.picklist(pushOrigins),
  askedBy: v.optional(v.string()),
  scheduled: v.optional(v.string()),
  things: v.optional(
    v.array(
      v.object({
        ...{ at: v.number(), origin: v.picklist(pushOrigins), text: v.string() },
        held: v.optional(v.string()),
      }),
    ),
  ),
  draft: draftSchema,
  /** Everybody, where the draft names departments. Absent while nobody could be asked who is in them. */
  people: v.optional(v.array(person)),
  replaces: v.optional(v.array(v.string())),
  facts: v.optional(v.array(facts)),
});
export type HeadLine = v.InferOutput<typeof headLine>;

const errorField = v.object({
  kind: v.picklist([
    ...(['server', 'refused', 'dns', 'tls', 'proxy', 'reset', 'timeout', 'notJson'] as const),
    ...(['tooLarge', 'redirect', 'cancelled', 'invalid'] as const),
  ] satisfies ErrorKind[]),
  phase: v.picklist(['notSent', 'noAnswer', 'answered'] satisfies Phase[]),
  code: v.string(),
  httpStatus: v.optional(v.number()),
});
/** Why not everybody got a push, as far as it is kept. */
export type ErrorField = v.InferOutput<typeof errorField>;

/** The number of the request in the push's plan; several may be on their way at once. */
const request = count;

/** Every further line: what happened, in order. */
const eventLine = v.variant('t', [
  /** A request to these people is about to leave. */
  v.object({ t: v.literal('sending'), at: v.number(), request, wire: ids }),
  /** Its answer. The people of the request who are not named here got the push. */
  v.object({
    t: v.literal('answered'),
    at: v.number(),
    request,
    refused: v.optional(v.array(v.tuple([id, v.string()]))),
    unknown: v.optional(ids),
    notSent: v.optional(ids),
  }),
  /** The people who certainly did not get it are in a draft or in another push from now on. */
  v.object({ t: v.literal('restMoved'), at: v.number() }),
  /** A notification was deleted out of these people's bells. */
  v.object({ t: v.literal('deleted'), at: v.number(), from: ids }),
  /** Its window has done with it. */
  v.object({ t: v.literal('end'), at: v.number(), error: v.optional(errorField) }),
  v.object({
    t: v.literal('decision'),
    at: v.number(),
    as: v.picklist(['sent', 'discarded', 'replaced'] satisfies Decision[]),
  }),
  /** In place of all that where only outcomes are kept. */
  v.object({
    t: v.literal('counts'),
    at: v.number(),
    counts: v.object({ accepted: count, refused: count, unknown: count, notSent: count }),
    error: v.optional(errorField),
  }),
]);
export type EventLine = v.InferOutput<typeof eventLine>;

/** The content of the file of a push that has not left. */
export function headText(head: Omit<HeadLine, 'version'>): string {
  return `${JSON.stringify({ version: 1, ...head } satisfies HeadLine)}\n`;
}

export function eventText(event: EventLine): string {
  return `${JSON.stringify(event)}\n`;
}

/**
 * Reads a push's file. What a last line says that was cut off while it was written did not come to pass. undefined
 * for a file that is damaged in another way.
 */
export function parsePush(content: string): Push | undefined {
  const end = content.lastIndexOf('\n') + 1;
  const [first, ...rest] = content.slice(0, end).split('\n').slice(0, -1);
  const head = parse(headLine, first);
  const events = rest.map((text) => parse(eventLine, text));
  return head && events.every((event) => event !== undefined) ? pushOf(head, events) : undefined;
}

/** The same file without its torn end. */
export function withoutTornLine(content: string): string {
  return content.slice(0, content.lastIndexOf('\n') + 1);
}

/** The same file without anything that says what the push was about. */
export function redacted(content: string): string {
  const push = parsePush(content);
  if (!push) {
    return withoutTornLine(content);
  }
  const { id, at, host, origin, draft, error, scheduled, endedAt = at } = push;
  const { accepted, refused, unknown, notSent, pending } = summaryOf(push).counts;
  const { accountId, id: draftId, version, via = 'push' } = draft;
  const identity = { id: draftId, version };
  const empty = byWay({ ...newDraft({ accountId, mode: 'literal' }), ...identity }, via);
  return (
    headText({
      id,
      at,
      host,
      origin,
      draft: empty,
      ...(scheduled !== undefined && { scheduled }),
    }) +
    eventText({
      t: 'counts',
      at: endedAt,
      counts: { accepted, refused, unknown, notSent: notSent + pending },
      ...(error && { error: errorFieldOf(error) }),
    })
  );
}

/** The part of an error that is kept: never its description, which a server may have filled with anything. */
export function errorFieldOf({ kind, phase, code, httpStatus }: Bitrix24Error): ErrorField {
  return { kind, phase, code, ...(httpStatus !== undefined && { httpStatus }) };
}

/** What a first line and the events after it tell. */
export function pushOf(head: Omit<HeadLine, 'version'>, events: readonly EventLine[]): Push {
  const recipients = head.people ?? head.draft.recipients;
  const people = new Map<number, PushPerson>(
    recipients.map(({ id, name }) => [
      id,
      { id, ...(name !== undefined && { name }), status: 'pending' },
    ]),
  );
  const set = (ids: Iterable<number>, status: DeliveryStatus, code?: string): void => {
    for (const id of ids) {
      const { name } = people.get(id) ?? {};
      const isDoubtful = inDoubt.has(id) && (status === 'refused' || status === 'pending');
      people.set(id, {
        ...{ id, ...(name !== undefined && { name }) },
        ...(isDoubtful ? { status: 'unknown' } : { status, ...(code !== undefined && { code }) }),
      });
    }
  };
  /** The people of each request that has no answer yet. */
  const wires = new Map<number, number[]>();
  /** People of a request that was recorded once more before its answer: they may have got the first one. */
  const inDoubt = new Set<number>();
  const deleted = new Set<number>();
  const push: Push = {
    ...{ id: head.id, at: head.at, host: head.host, origin: head.origin, draft: head.draft },
    ...{ replaces: head.replaces ?? [], facts: head.facts },
    ...{ askedBy: head.askedBy, things: head.things, scheduled: head.scheduled },
    people: [],
    isResolved: head.people !== undefined || head.draft.departments.length === 0,
    error: undefined,
    endedAt: undefined,
    isRestMoved: false,
    decision: undefined,
  };
  for (const event of events) {
    switch (event.t) {
      case 'sending': {
        const before = wires.get(event.request) ?? [];
        before.forEach((id) => inDoubt.add(id));
        set(before, 'unknown');
        wires.set(event.request, event.wire);
        set(event.wire, 'sending');
        break;
      }
      case 'answered':
        set(wires.get(event.request) ?? [], 'accepted');
        wires.delete(event.request);
        for (const [id, code] of event.refused ?? []) {
          set([id], 'refused', code);
        }
        set(event.unknown ?? [], 'unknown');
        set(event.notSent ?? [], 'pending');
        break;
      case 'restMoved':
        push.isRestMoved = true;
        break;
      case 'deleted':
        event.from.forEach((id) => deleted.add(id));
        break;
      case 'end':
        push.endedAt = event.at;
        push.error = errorOf(event.error, head.host);
        break;
      case 'decision':
        push.decision = event.as;
        break;
      case 'counts':
        push.endedAt = event.at;
        push.error = errorOf(event.error, head.host);
        push.redactedTo = { pending: 0, sending: 0, ...event.counts };
        break;
    }
  }
  if (push.endedAt !== undefined) {
    for (const one of people.values()) {
      one.status = ended[one.status];
    }
  }
  push.people = [...people.values()].map((one) => (deleted.has(one.id) ? deletedOf(one) : one));
  return push;
}

function deletedOf(person: PushPerson): PushPerson {
  return { ...person, isDeleted: true };
}

/** Once nobody sends it any more, people who wait did not get it, and people on the wire may have. */
const ended: Record<DeliveryStatus, DeliveryStatus> = {
  pending: 'notSent',
  sending: 'unknown',
  accepted: 'accepted',
  refused: 'refused',
  notSent: 'notSent',
  unknown: 'unknown',
};

/** Why not everybody got a push whose window did not live to say it; undefined when everybody did. */
export function interruptionOf(push: Push): ErrorField | undefined {
  const { sending, unknown, pending, notSent } = summaryOf(push).counts;
  const interrupted = { kind: 'reset', code: 'INTERRUPTED' } as const;
  if (sending + unknown > 0) {
    return { ...interrupted, phase: 'noAnswer' };
  }
  if (pending + notSent > 0 || !push.isResolved) {
    return { ...interrupted, phase: 'notSent' };
  }
  const refusal = push.people.find(({ status }) => status === 'refused');
  return refusal && { kind: 'server', phase: 'answered', code: refusal.code ?? '' };
}

function errorOf(field: ErrorField | undefined, host: string): Bitrix24Error | undefined {
  return field && new Bitrix24Error({ ...field, host });
}

function parse<T extends v.GenericSchema>(schema: T, text = ''): v.InferOutput<T> | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  return parsed.success ? parsed.output : undefined;
}
