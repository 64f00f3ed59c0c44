import * as v from 'valibot';
import { batchSize } from './batch';
import { Bitrix24Error } from './errors';
import { pageSize, positiveInteger, rows } from './people';
import type { CallControl, PortalClient } from './portalClient';

/** A department as `department.get` tells of it. */
export interface Department {
  id: number;
  name: string;
  /** Absent for the top of the tree. */
  parent?: number | undefined;
  /** User id. */
  head?: number | undefined;
}

/**
 * Bitrix24: department.get, needs the scope `department`. The whole company structure; pages after the first come
 * with `batch`, up to 2,500 departments in one request. Throws Bitrix24Error.
 */
export async function departments(
  client: Pick<PortalClient, 'call' | 'batch'>,
  options: CallControl = {},
): Promise<Department[]> {
  const first = await client.call('department.get', query(0), { ...options, schema: rows });
  const found = readDepartments(first.result);
  const total = first.next === undefined ? 0 : (first.total ?? 0);
  const starts: number[] = [];
  for (let start = pageSize; start < total; start += pageSize) {
    starts.push(start);
  }
  for (let at = 0; at < starts.length; at += batchSize) {
    const commands = starts
      .slice(at, at + batchSize)
      .map((start) => ({ method: 'department.get', params: query(start) }));
    for (const outcome of await client.batch(commands, options)) {
      if (outcome.kind === 'failed') {
        throw outcome.error;
      }
      const page = v.safeParse(rows, outcome.kind === 'answered' ? outcome.result : undefined);
      if (!page.success) {
        throw new Bitrix24Error({ kind: 'notJson', phase: 'noAnswer', code: 'UNEXPECTED_ANSWER' });
      }
      found.push(...readDepartments(page.output));
    }
  }
  return found;
}

/** In lower case: an upper-case SORT is a filter too. By id, so that pages fit together. */
function query(start: number): Record<string, unknown> {
  return { sort: 'ID', order: 'ASC', start };
}

const optionalId = v.fallback(v.optional(positiveInteger), undefined);
const departmentRow = v.object({
  ID: positiveInteger,
  NAME: v.pipe(v.string(), v.trim(), v.nonEmpty()),
  PARENT: optionalId,
  UF_HEAD: optionalId,
});

/** A row that cannot be read is left out rather than hiding all the others. */
function readDepartments(list: readonly unknown[]): Department[] {
  return list.flatMap((row) => {
    const parsed = v.safeParse(departmentRow, row);
    if (!parsed.success) {
      return [];
    }
    const { ID: id, NAME: name, PARENT: parent, UF_HEAD: head } = parsed.output;
    return [{ id, name, parent, head }];
  });
}
