import * as v from 'valibot';
import type { CallControl, PortalClient } from './portalClient';
import { inBatches, pageSize, positiveInteger, readRows, rows, rowsOf, text } from './rows';

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
 * Reads the whole company structure with department.get, which needs the scope `department`. Pages after the first
 * come in batches of up to 2,500 departments. Throws Bitrix24Error. docs/bitrix24.md, section 7.
 */
export async function departments(
  client: Pick<PortalClient, 'call' | 'batch'>,
  options: CallControl = {},
): Promise<Department[]> {
  const first = await client.call('department.get', query(0), { ...options, schema: rows });
  const found = readRows(departmentRow, first.result);
  const total = first.next === undefined ? 0 : (first.total ?? 0);
  const commands = [];
  for (let start = pageSize; start < total; start += pageSize) {
    commands.push({ method: 'department.get', params: query(start) });
  }
  for await (const [, outcome] of inBatches(client, commands, options)) {
    found.push(...readRows(departmentRow, rowsOf(outcome)));
  }
  return found;
}

/** Sorts by id, so that pages fit together, and in lower case. docs/bitrix24.md, section 7. */
function query(start: number): Record<string, unknown> {
  return { sort: 'ID', order: 'ASC', start };
}

const optionalId = v.fallback(v.optional(positiveInteger), undefined);
const departmentRow = v.pipe(
  v.object({
    ID: positiveInteger,
    NAME: v.pipe(text, v.nonEmpty()),
    PARENT: optionalId,
    UF_HEAD: optionalId,
  }),
  v.transform((row): Department => ({
    id: row.ID,
    name: row.NAME,
    parent: row.PARENT,
    head: row.UF_HEAD,
  })),
);
