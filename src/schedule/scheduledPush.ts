import * as v from 'valibot';
import type { Draft } from '../push/draft';
import { draftSchema } from '../push/draftFile';
import { pushOrigins } from '../push/push';
import type { PushOrigin } from '../push/push';

/** A push that its user has agreed to, and that leaves at its time while a window is open. */
export interface ScheduledPush {
  /** It sorts by the time at which the push was scheduled. */
  id: string;
  /** The draft as its user agreed to it, with its account named. A later edit of the draft changes nothing here. */
  draft: Draft;
  /** Host of the portal. */
  host: string;
  origin: PushOrigin;
  /** When it leaves, Unix ms. */
  at: number;
  /** The time zone that its user chose the time in: an IANA name, or an offset such as `+03:00`. */
  zone: string;
  /** Unix ms when it was scheduled. */
  scheduledAt: number;
  /** The yes of the user. `by`: their name on the portal; `people`: how many it went to by then. */
  agreed: { by: string; people: number };
}

const file = v.object({
  version: v.literal(1),
  id: v.string(),
  draft: draftSchema,
  host: v.string(),
  origin: v.picklist(pushOrigins),
  at: v.number(),
  zone: v.string(),
  scheduledAt: v.number(),
  agreed: v.object({ by: v.string(), people: v.number() }),
});

/** What a file of a scheduled push tells. `sealed`: the text that its seal belongs to. */
export interface ScheduledFile {
  push: ScheduledPush;
  sealed: string;
  seal: string;
}

/** The text that is sealed: see `Seals`. */
export function sealedText(push: ScheduledPush): string {
  return JSON.stringify({ version: 1, ...push } satisfies v.InferInput<typeof file>);
}

/** The content of a file: the push in one line, and its seal in the next one. */
export function scheduledContent(sealed: string, seal: string): string {
  return `${sealed}\n${seal}\n`;
}

/** Returns undefined for what cannot be understood. */
export function parseScheduled(content: string): ScheduledFile | undefined {
  const [sealed = '', seal = ''] = content.split('\n');
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), file), sealed);
  if (!parsed.success) {
    return undefined;
  }
  const { id, draft, host, origin, at, zone, scheduledAt, agreed } = parsed.output;
  return { push: { id, draft, host, origin, at, zone, scheduledAt, agreed }, sealed, seal };
}

/**
 * Where a scheduled push stands, as its file's name tells. Renaming changes it: of two windows that rename the same
 * file, one succeeds. `stays`: its time is over and it needs its user; `taken`: a window sends it, because its time
 * has come (`clock`) or because its user said so (`hand`); `done`: a push has taken its place.
 */
export type ScheduledPlace =
  | { kind: 'waits' | 'stays' | 'done' }
  | { kind: 'taken'; by: 'clock' | 'hand'; process: string; window: string };

export interface ScheduledFileName {
  id: string;
  /** Unix ms. */
  at: number;
  /** The beginning of the draft's id. */
  draft: string;
  place: ScheduledPlace;
}

export function scheduledFileName({ id, at, draft, place }: ScheduledFileName): string {
  const where =
    place.kind === 'taken' ? `${place.by}~${place.process}-${place.window}` : place.kind;
  return `${id}.${at.toString(36)}.${draft}.${where}.scheduled`;
}

/** Returns undefined for a file that is none of ours. */
export function parseScheduledName(name: string): ScheduledFileName | undefined {
  const found = pattern.exec(name)?.groups;
  if (!found) {
    return undefined;
  }
  const { id = '', at = '', draft = '', kind, by, process = '', window = '' } = found;
  const place: ScheduledPlace =
    kind === 'waits' || kind === 'stays' || kind === 'done'
      ? { kind }
      : { kind: 'taken', by: by === 'hand' ? 'hand' : 'clock', process, window };
  return { id, at: parseInt(at, 36), draft, place };
}

const pattern =
  /^(?<id>[0-9a-z]{19})\.(?<at>[0-9a-z]+)\.(?<draft>[0-9a-z]{8})\.(?:(?<kind>waits|stays|done)|(?<by>clock|hand)~(?<process>[0-9a-z-]+)-(?<window>[0-9a-f]+))\.scheduled$/;
