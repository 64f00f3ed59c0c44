import { randomBytes } from 'node:crypto';

/**
 * Where a push stands, as its file's name tells without a look inside. Renaming changes it: of two windows that
 * rename the same file, one succeeds. `held`: a window sends it or asks about it; `process` is named as by
 * `thisProcess`. `sent`: a file that remembers for some minutes what went to whom.
 */
export type Place =
  { kind: 'held'; process: string; window: string } | { kind: 'unsent' | 'unknown' | 'sent' };

export interface PushFileName {
  /** The push's id. It sorts by time. */
  id: string;
  /**
   * Message keys (see `messageKey`): of the push to its people and, where it was written to departments, also of
   * the draft as it was written.
   */
  keys: readonly string[];
  /** The beginning of the draft's id. */
  draft: string;
  place: Place;
}

export function newPushId(at: number): string {
  return `${at.toString(36).padStart(9, '0')}${randomBytes(5).toString('hex')}`;
}

/** When the push was recorded, Unix ms. */
export function timeOf(id: string): number {
  return parseInt(id.slice(0, 9), 36);
}

export function shortDraftId(draftId: string): string {
  return draftId.slice(0, 8);
}

export function fileNameOf({ id, keys, draft, place }: PushFileName): string {
  const where = place.kind === 'held' ? `${place.process}-${place.window}` : place.kind;
  return `${id}.${keys.join('-')}.${draft}.${where}.push`;
}

/** undefined for a file that is none of ours. */
export function parseFileName(name: string): PushFileName | undefined {
  const [, id, keys, draft, kind, process, window] = pattern.exec(name) ?? [];
  if (id === undefined || keys === undefined || draft === undefined) {
    return undefined;
  }
  const place: Place =
    kind === 'unsent' || kind === 'unknown' || kind === 'sent'
      ? { kind }
      : { kind: 'held', process: process ?? '', window: window ?? '' };
  return { id, keys: keys.split('-'), draft, place };
}

/** The files of ours among these; oldest first. */
export function filesOf(names: readonly string[]): PushFileName[] {
  return names.toSorted().flatMap((name) => parseFileName(name) ?? []);
}

const pattern =
  /^([0-9a-z]{19})\.([0-9a-f]{16}(?:-[0-9a-f]{16})?)\.([0-9a-z]{8})\.(?:(unsent|unknown|sent)|([0-9a-z-]+)-([0-9a-f]+))\.push$/;
