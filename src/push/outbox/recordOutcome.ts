import { Bitrix24Error } from '../../bitrix24/errors';
import { onlyTo } from '../draft';
import type { Draft } from '../draft';
import type { Outcome } from '../outcome';
import type { PushRecord } from './pushRecord';

/** What became of a push, as it is told right after sending. undefined while it is being sent. */
export function outcomeOfRecord(record: PushRecord): Outcome | undefined {
  const { state, fates, counts, host, people } = record;
  const at = record.endedAt ?? record.at;
  const error = new Bitrix24Error({
    ...(record.error ?? { kind: 'reset', phase: 'noAnswer', code: 'INTERRUPTED' }),
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
      return { kind: 'partly', ...fates, refused, error, at, host };
    }
  }
}

/** The draft for those who certainly did not get it; undefined when there is nobody or nothing is known of them. */
export function restOfRecord({ draft, bare, fates, restGone }: PushRecord): Draft | undefined {
  const ids = [...fates.refused.map(({ id }) => id), ...fates.notSent];
  return bare || restGone || ids.length === 0 ? undefined : onlyTo(draft, ids);
}
