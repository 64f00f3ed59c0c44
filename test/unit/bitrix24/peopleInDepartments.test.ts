import assert from 'node:assert/strict';
import { departments } from '../../../src/bitrix24/departments';
import { peopleInDepartments } from '../../../src/bitrix24/peopleByPage';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { sandboxClient } from '../../support/sandboxClient';
import { FakeClock } from './support';

describe('the people of departments', function () {
  this.timeout(20_000);
  const count = 6_000;
  let sandbox: Sandbox;
  let client: PortalClient;

  before(async () => {
    const clock = new FakeClock();
    sandbox = await startSandbox({ people: count, now: () => clock.now() });
    client = await sandboxClient(sandbox, clock);
  });
  after(() => sandbox.close());

  const requests = () => sandbox.snapshot().requests.filter(({ method }) => method === 'batch');
  const everybody = () => sandbox.users(Array.from({ length: count }, (_, at) => at + 1));
  const members = (wanted: readonly number[]) =>
    everybody()
      .filter(({ active, departments }) => active && departments.some((id) => wanted.includes(id)))
      .map(({ id }) => id)
      .sort((a, b) => a - b);
  const ids = async (wanted: readonly number[]) =>
    (await peopleInDepartments(client, wanted)).map(({ id }) => id);

  it('are all of them and nobody else, each once, in few requests', async () => {
    const tree = new DepartmentTree(await departments(client));
    const [top] = tree.roots();
    const all = tree.subtree(top!.id);
    const before = requests().length;
    const found = await ids([...all, ...all]);
    assert.deepEqual(found, members(all));
    assert.ok(found.length > 5_000, `${found.length} people`);
    const most = 1 + Math.ceil(found.length / 2_500) + 1;
    assert.ok(requests().length - before <= most, `${requests().length - before} requests`);
  });

  it('are those directly in one of them, not of those below', async () => {
    const tree = new DepartmentTree(await departments(client));
    const upper = tree.roots().flatMap(({ id }) => [id, ...tree.children(id).map((one) => one.id)]);
    for (const id of upper) {
      assert.deepEqual(await ids([id]), members([id]));
    }
  });

  it('are none, in an answer without a total, where nobody is', async () => {
    assert.deepEqual(await ids([987_654]), []);
    assert.deepEqual(await ids([]), []);
  });

  it('are refused by the code of the command', async () => {
    sandbox.addFaults({
      ...{ action: 'status', status: 401, error: 'insufficient_scope' },
      ...{ method: 'user.get', times: 1 },
    });
    await assert.rejects(
      ids([1]),
      (error) => error instanceof Bitrix24Error && error.is('insufficient_scope'),
    );
  });

  /** A portal that reads its filters in its own way. */
  function odd(people: readonly { id: number; department: number }[], overlooks: string[]) {
    return {
      batch: (commands: { params: { FILTER: Record<string, unknown>; start: number } }[]) => {
        const outcomes: { kind: string; result: { ID: string }[]; total?: number }[] = [];
        for (const { params } of commands) {
          const { FILTER: filter, start } = params;
          const reference = /^\$result\[c(\d+)\]\[49\]\[ID\]$/.exec(String(filter['>ID']));
          const after = reference
            ? Number(outcomes[Number(reference[1])]?.result[49]?.ID ?? 0)
            : Number(filter['>ID'] ?? 0);
          const wanted = filter['UF_DEPARTMENT'] as number[];
          const rows = people
            .filter(
              ({ id, department }) =>
                (overlooks.includes('>ID') || id > after) &&
                (overlooks.includes('UF_DEPARTMENT') || wanted.includes(department)),
            )
            .map(({ id, department }) => ({ ID: String(id), UF_DEPARTMENT: [department] }));
          const from = Math.max(0, start);
          outcomes.push({
            kind: 'answered',
            result: rows.slice(from, from + 50),
            ...(start === -1 || overlooks.includes('total') ? {} : { total: rows.length }),
          });
        }
        return Promise.resolve(outcomes);
      },
    } as unknown as PortalClient;
  }

  const crowd = Array.from({ length: 330 }, (_, at) => ({ id: at + 1, department: 1 + (at % 3) }));
  for (const overlooks of [['>ID'], ['total'], ['UF_DEPARTMENT'], ['>ID', 'total']]) {
    it(`are right where the portal overlooks ${overlooks.join(' and ')}`, async () => {
      const found = await peopleInDepartments(odd(crowd, overlooks), [1, 3]);
      assert.deepEqual(
        found.map(({ id }) => id),
        crowd.filter(({ department }) => department !== 2).map(({ id }) => id),
      );
    });
  }
});
