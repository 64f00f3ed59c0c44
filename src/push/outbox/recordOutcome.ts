import { Bitrix24Error } from '../../bitrix24/errors';
import { hasDepartments, onlyTo, toPeople } from '../draft';
import type { Draft } from '../draft';
import type { Outcome } from '../outcome';
import type { PushRecord, RecordedError } from './pushRecord';

/** What became of a push, as it is told right after sending. undefined while it is being sent. */
export function outcomeOfRecord(record: PushRecord): Outcome | undefined {
  const { state, fates, counts, host, people, draft } = record;
  const at = record.endedAt ?? record.at;
  const error = new Bitrix24Error({
    ...(record.error ?? inferredError(record) ?? interrupted('noAnswer')),
    host,
  });
  switch (state) {
    case 'prepared':
    case 'sending':
      return undefined;
    case 'accepted':
      return { kind: 'accepted', count: counts.accepted, at, host };
    case 'refused':
    case 'notSent':
    case 'unknown':
      return { kind: state, error };
    case 'partly': {
      const names = new Map(people.map(({ id, name }) => [id, name]));
      const refused = fates.refused.map(({ id, code }) => ({ id, name: names.get(id), code }));
      const all = hasDepartments(draft) && { people: [...people] };
      return { kind: 'partly', ...fates, refused, ...all, error, at, host };
    }
  }
}

/** Why not everybody got it, where no window lived to note it; undefined when everybody did. */
export function inferredError({
  fates,
  unresolved,
}: Pick<PushRecord, 'fates' | 'unresolved'>): RecordedError | undefined {
  const [refusal] = fates.refused;
  if (fates.unknown.length > 0) {
    return interrupted('noAnswer');
  }
  if (fates.notSent.length > 0 || unresolved) {
    return interrupted('notSent');
  }
  return refusal && { kind: 'server', phase: 'answered', code: refusal.code };
}

/**
 * The draft for those who certainly did not get it, as it was written where that is everybody; undefined when there is
 * nobody or nothing is known of them.
 */
export function restOfRecord(record: PushRecord): Draft | undefined {
  if (record.restGone) {
    return undefined;
  }
  if (record.unresolved) {
    return record.draft;
  }
  const ids = restIds(record);
  return isEverybody(record, ids) ? record.draft : partOf(record, ids);
}

/** Those who certainly did not get it: refused, and not sent. */
export function restIds({ fates: { refused, notSent } }: Pick<PushRecord, 'fates'>): number[] {
  return [...refused.map(({ id }) => id), ...notSent];
}

/** The draft for exactly those who may have got it, whoever is in its departments now. */
export function unknownOfRecord(record: PushRecord): Draft | undefined {
  return partOf(record, record.fates.unknown);
}

/** Is there somebody whom it never left for, and who is in no other push or draft? */
export function hasUnsentRest({ counts, restGone, unresolved }: PushRecord): boolean {
  return !restGone && (counts.notSent > 0 || unresolved);
}

/** The push to all its people, whichever departments they were in when it was sent. */
export function toEverybody({
  draft,
  people,
  unresolved = false,
}: Pick<PushRecord, 'draft' | 'people'> & Partial<Pick<PushRecord, 'unresolved'>>): Draft {
  return !unresolved && hasDepartments(draft) ? toPeople(draft, [...people]) : draft;
}

export function isEverybody(
  { bare, people, unresolved }: PushRecord,
  ids: readonly number[],
): boolean {
  const wanted = new Set(ids);
  return !bare && !unresolved && ids.length > 0 && people.every(({ id }) => wanted.has(id));
}

function partOf(record: PushRecord, ids: readonly number[]): Draft | undefined {
  return record.bare || ids.length === 0 ? undefined : onlyTo(toEverybody(record), ids);
}

function interrupted(phase: RecordedError['phase']): RecordedError {
  return { kind: 'reset', phase, code: 'INTERRUPTED' };
}
