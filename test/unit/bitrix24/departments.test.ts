import assert from 'node:assert/strict';
import { departments } from '../../../src/bitrix24/departments';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { PortalClient } from '../../../src/bitrix24/portalClient';

const row = (id: number) => ({
  ID: String(id),
  NAME: ` Department ${id} `,
  SORT: 500,
  ...(id > 1 ? { PARENT: '1', UF_HEAD: id === 2 ? '7' : '0' } : {}),
});
const page = (start: number, count: number) =>
  Array.from({ length: Math.min(50, count - start) }, (_, at) => row(start + at + 1));

/** A portal of so many departments. */
function portal(count: number, failFrom = Infinity) {
  const asked: unknown[] = [];
  const client = {
    call: (method: string, params: unknown) => {
      asked.push([method, params]);
      return Promise.resolve({
        result: page(0, count),
        total: count,
        ...(count > 50 ? { next: 50 } : {}),
      });
    },
    batch: (commands: { params: { start: number } }[]) => {
      asked.push(commands.length);
      return Promise.resolve(
        commands.map(({ params: { start } }) =>
          start >= failFrom
            ? {
                kind: 'failed',
                error: new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'OOPS' }),
              }
            : { kind: 'answered', result: page(start, count) },
        ),
      );
    },
  } as unknown as Pick<PortalClient, 'call' | 'batch'>;
  return { client, asked };
}

describe('department.get', () => {
  it('is one request for a small company; the filter word SORT stays unsaid', async () => {
    const { client, asked } = portal(2);
    assert.deepEqual(await departments(client), [
      { id: 1, name: 'Department 1', parent: undefined, head: undefined },
      { id: 2, name: 'Department 2', parent: 1, head: 7 },
    ]);
    assert.deepEqual(asked, [['department.get', { sort: 'ID', order: 'ASC', start: 0 }]]);
  });

  it('brings the later pages 50 at a time', async () => {
    const { client, asked } = portal(2_620);
    const found = await departments(client);
    assert.deepEqual(
      found.map(({ id }) => id),
      Array.from({ length: 2_620 }, (_, at) => at + 1),
    );
    assert.deepEqual(asked.slice(1), [50, 2]);
  });

  it('tells a page that failed', async () => {
    await assert.rejects(departments(portal(120, 100).client), { code: 'OOPS' });
  });
});
