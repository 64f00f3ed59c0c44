import * as v from 'valibot';
import type { Bitrix24Error, ErrorKind, Phase } from '../../bitrix24/errors';
import { hasDepartments } from '../draft';
import type { Draft, Recipient } from '../draft';
import { sentDraft } from '../draftFile';

/** Where a push stands. `partly`: not the same for everybody. */
export type PushState =
  'prepared' | 'sending' | 'accepted' | 'refused' | 'notSent' | 'unknown' | 'partly';

/** Each of the people is in exactly one of the lists. Before the end, `unknown` are those on the wire. */
export interface Fates {
  accepted: number[];
  /** With the server's code. */
  refused: { id: number; code: string }[];
  unknown: number[];
  notSent: number[];
}

/** How many people met which fate. */
export type FateCounts = Record<keyof Fates, number>;

/** Why not everybody got it. */
export interface RecordedError {
  kind: ErrorKind;
  phase: Phase;
  code: string;
  httpStatus?: number | undefined;
}

/** `again`: another push went in its place. */
export type Decision = 'sent' | 'dropped' | 'again';

/** A push as it stands on disk. */
export interface PushRecord {
  id: string;
  /** Unix ms when it was noted. */
  at: number;
  /** Of the portal. */
  host: string;
  /** With its account named. Empty where only outcomes are kept, see {@link PushRecord.bare}. */
  draft: Draft;
  /** Who they are that it goes to; while it is unresolved, only those chosen one by one. */
  people: readonly Recipient[];
  /** Who is in its departments was never known, so nothing of it was sent to anybody. */
  unresolved: boolean;
  /** Without text and people: only outcomes are kept. */
  bare: boolean;
  state: PushState;
  fates: Fates;
  counts: FateCounts;
  error: RecordedError | undefined;
  /** Unix ms. */
  endedAt: number | undefined;
  /** Those who certainly did not get it are in another push, or in a draft. */
  restGone: boolean;
  /** What the user said about one of unknown fate, or one that was not sent. */
  decision: Decision | undefined;
}

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const ids = v.array(id);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const person = v.object({ id, name: v.optional(v.string()) });

/** The first line of a file. */
const headLine = v.object({
  version: v.literal(1),
  id: v.string(),
  at: v.number(),
  host: v.string(),
  draft: sentDraft,
  /** Where they are not simply the draft's people. */
  people: v.optional(v.array(person)),
  bare: v.optional(v.boolean()),
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

/** Which request of the push; several may be on their way at once. */
const request = v.optional(count);

/** Every further line: what happened, in order. */
const eventLine = v.variant('t', [
  /** A request to these people is about to leave. */
  v.object({ t: v.literal('sending'), at: v.number(), request, wire: ids }),
  /** What became of it; those of its people who are not named got it. */
  v.object({
    t: v.literal('answered'),
    at: v.number(),
    request,
    refused: v.optional(v.array(v.tuple([id, v.string()]))),
    unknown: v.optional(ids),
    notSent: v.optional(ids),
  }),
  /** Those who certainly did not get it went on elsewhere. */
  v.object({ t: v.literal('restGone'), at: v.number() }),
  /** Nobody sends it any more. */
  v.object({ t: v.literal('end'), at: v.number(), error: v.optional(errorField) }),
  v.object({
    t: v.literal('decision'),
    at: v.number(),
    as: v.picklist(['sent', 'dropped', 'again'] satisfies Decision[]),
  }),
  /** In place of all that where only outcomes are kept. */
  v.object({
    t: v.literal('counts'),
    at: v.number(),
    state: v.picklist([
      ...(['accepted', 'refused', 'notSent', 'unknown', 'partly'] satisfies PushState[]),
    ]),
    counts: v.object({ accepted: count, refused: count, unknown: count, notSent: count }),
    error: v.optional(errorField),
  }),
]);
export type EventLine = v.InferOutput<typeof eventLine>;

/** The content of a file for a push that has not been sent. */
export function newRecord(head: Omit<HeadLine, 'version'>): string {
  return line({ version: 1, ...head } satisfies HeadLine);
}

export function eventText(event: EventLine): string {
  return line(event);
}

/**
 * What a file tells. `torn`: its last line was cut off while it was written, so what it said did not come to pass.
 * undefined for a file that is damaged otherwise.
 */
export function parseRecord(content: string): { record: PushRecord; torn: boolean } | undefined {
  const end = content.lastIndexOf('\n') + 1;
  const torn = end < content.length;
  const [first, ...rest] = content.slice(0, end).split('\n').slice(0, -1);
  const head = parse(headLine, first);
  const events = rest.map((text) => parse(eventLine, text));
  return head && events.every((event) => event !== undefined)
    ? { record: recordOf(head, events), torn }
    : undefined;
}

/** The same without its torn end, or (bare) without anything that says what it was about. */
export function rewritten(content: string, bare: boolean): string {
  const whole = content.slice(0, content.lastIndexOf('\n') + 1);
  const found = bare ? parseRecord(content)?.record : undefined;
  if (!found) {
    return whole;
  }
  const { id, at, host, draft, state, counts, error, endedAt = at } = found;
  const empty: Draft = { accountId: draft.accountId, recipients: [], text: '', ...plain };
  return (
    newRecord({ id, at, host, draft: empty, bare: true }) +
    eventText({
      t: 'counts',
      at: endedAt,
      state: state === 'prepared' || state === 'sending' ? 'notSent' : state,
      counts,
      ...(error && { error }),
    })
  );
}

const plain = { mode: 'literal', avatar: '' } as const;

/** What of an error is kept: never its description, which a server may have filled with anything. */
export function recordedError({ kind, phase, code, httpStatus }: Bitrix24Error): RecordedError {
  return { kind, phase, code, ...(httpStatus !== undefined && { httpStatus }) };
}

function recordOf(head: HeadLine, events: readonly EventLine[]): PushRecord {
  const people: readonly Recipient[] = head.people ?? head.draft.recipients;
  const accepted: number[] = [];
  const refused: Fates['refused'] = [];
  const unknown: number[] = [];
  /** People of the requests that have no answer yet. */
  const wires = new Map<number | undefined, number[]>();
  let ended: { at: number; error?: RecordedError | undefined } | undefined;
  let told: Extract<EventLine, { t: 'counts' }> | undefined;
  let decision: Decision | undefined;
  let begun = false;
  let restGone = false;
  for (const event of events) {
    switch (event.t) {
      case 'sending':
        // The same request once more: whoever was on the wire then has no answer.
        unknown.push(...(wires.get(event.request) ?? []));
        begun = true;
        wires.set(event.request, event.wire);
        break;
      case 'answered': {
        const others = new Set([
          ...(event.refused ?? []).map(([id]) => id),
          ...(event.unknown ?? []),
          ...(event.notSent ?? []),
        ]);
        const wire = wires.get(event.request) ?? [];
        accepted.push(...wire.filter((id) => !others.has(id)));
        refused.push(...(event.refused ?? []).map(([id, code]) => ({ id, code })));
        unknown.push(...(event.unknown ?? []));
        wires.delete(event.request);
        break;
      }
      case 'restGone':
        restGone = true;
        break;
      case 'end':
        ended = event;
        break;
      case 'decision':
        decision = event.as;
        break;
      case 'counts':
        ended = told = event;
        break;
    }
  }
  unknown.push(...[...wires.values()].flat());
  const reached = new Set([...accepted, ...unknown, ...refused.map(({ id }) => id)]);
  const notSent = people.map(({ id }) => id).filter((id) => !reached.has(id));
  const fates: Fates = { accepted, refused, unknown, notSent };
  return {
    ...{ id: head.id, at: head.at, host: head.host, draft: head.draft, people },
    unresolved: head.people === undefined && hasDepartments(head.draft),
    bare: head.bare ?? false,
    state: told?.state ?? (ended ? endState(fates) : begun ? 'sending' : 'prepared'),
    fates,
    counts: told?.counts ?? {
      accepted: accepted.length,
      refused: refused.length,
      unknown: unknown.length,
      notSent: notSent.length,
    },
    error: ended?.error,
    endedAt: ended?.at,
    restGone,
    decision,
  };
}

function endState({ accepted, refused, unknown, notSent }: Fates): PushState {
  const kinds = { accepted, refused, unknown, notSent };
  const met = (['accepted', 'refused', 'unknown', 'notSent'] as const).filter(
    (kind) => kinds[kind].length > 0,
  );
  const [only] = met;
  return met.length === 1 && only ? only : met.length === 0 ? 'notSent' : 'partly';
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function parse<T extends v.GenericSchema>(
  schema: T,
  text: string | undefined,
): v.InferOutput<T> | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(text ?? ''));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
