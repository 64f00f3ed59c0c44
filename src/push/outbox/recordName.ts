import { createHash, randomBytes } from 'node:crypto';
import { pushKey } from '../draft';
import type { Draft } from '../draft';

/**
 * Where a push stands, as its file's name tells without a look inside. Renaming is how it changes hands: of two
 * windows that take the same file one succeeds.
 * `sent` is an empty file that remembers for some minutes what went to whom.
 */
export type Place =
  { kind: 'held'; pid: number; window: string } | { kind: 'unsent' | 'unknown' | 'sent' };

export interface RecordName {
  /** Sorts by time. */
  id: string;
  /** Equal for pushes of the same text to the same people on the same portal. */
  key: string;
  place: Place;
}

export function newId(at: number): string {
  return `${at.toString(36).padStart(9, '0')}${randomBytes(5).toString('hex')}`;
}

/** Unix ms. */
export function timeOf(id: string): number {
  return parseInt(id.slice(0, 9), 36);
}

/** The draft must name its account; whoever sends it on the same portal, it is the same push. */
export function sameKey(draft: Draft): string {
  const { accountId = '' } = draft;
  const portal = accountId.slice(0, accountId.lastIndexOf(':'));
  const key = pushKey({ ...draft, accountId: portal, avatar: '' });
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

export function nameOf({ id, key, place }: RecordName): string {
  const where = place.kind === 'held' ? `${place.pid}-${place.window}` : place.kind;
  return `${id}.${key}.${where}.push`;
}

/** undefined for a file that is not ours. */
export function parseName(name: string): RecordName | undefined {
  const [, id, key, kind, pid, window] = pattern.exec(name) ?? [];
  if (id === undefined || key === undefined) {
    return undefined;
  }
  if (kind === 'unsent' || kind === 'unknown' || kind === 'sent') {
    return { id, key, place: { kind } };
  }
  return { id, key, place: { kind: 'held', pid: Number(pid), window: window ?? '' } };
}

const pattern =
  /^([0-9a-z]{19})\.([0-9a-f]{16})\.(?:(unsent|unknown|sent)|(\d+)-([0-9a-f]+))\.push$/;
