import assert from 'node:assert/strict';
import { Bitrix24Error } from '../../../../src/bitrix24/errors';
import type { PortalClient } from '../../../../src/bitrix24/portalClient';
import { Emitter } from '../../../../src/common/emitter';
import { silentLog } from '../../../support/silentLog';
import { Departments } from '../../../../src/people/departments/departments';
import type { PeopleDirectory } from '../../../../src/people/directory/peopleDirectory';
import { FakeClock } from '../../bitrix24/support';
import { directoryOf, person } from '../directory/support';

describe('the departments of a portal', () => {
  let clock: FakeClock;
  let directory: PeopleDirectory | undefined;
  let changed: Emitter<string>;
  let departments: Departments;
  let asked: number;
  let answer: () => Promise<unknown>;

  const rows = [
    { ID: '1', NAME: 'Acme' },
    { ID: '2', NAME: 'Sales', PARENT: '1' },
    { ID: '3', NAME: 'Retail', PARENT: '2' },
  ];
  const readDirectory = () =>
    directoryOf([
      person(1, 'Anna One', { departments: [1] }),
      person(2, 'Bob Two', { departments: [2, 3] }),
      person(3, 'Cara Three', { departments: [3] }),
    ]);
  const refusal = (code: string) => () =>
    Promise.reject(new Bitrix24Error({ kind: 'server', phase: 'answered', code }));

  beforeEach(() => {
    clock = new FakeClock();
    directory = undefined;
    changed = new Emitter();
    asked = 0;
    answer = () => Promise.resolve({ result: rows, total: 3 });
    const client = { call: () => ((asked += 1), answer()) } as unknown as PortalClient;
    departments = new Departments({
      accounts: { client: () => Promise.resolve(client) },
      directories: { peek: () => directory, onDidChange: changed.event },
      clock,
      log: silentLog,
    });
  });
  afterEach(() => {
    departments.dispose();
    changed.dispose();
  });

  it('count their people by the directory: all below, or only their own', async () => {
    const all = { id: 2, reach: 'tree' } as const;
    assert.deepEqual([departments.peek('a'), departments.count('a', all)], [undefined, undefined]);
    await departments.of('a');
    assert.equal(departments.count('a', all), undefined);
    directory = await readDirectory();
    assert.equal(departments.count('a', all), 2);
    assert.equal(departments.count('a', { id: 2, reach: 'direct' }), 1);
    assert.equal(departments.count('a', { id: 1, reach: 'tree' }), 3);
    assert.equal(departments.count('a', { id: 99, reach: 'tree' }), undefined);
    directory = await directoryOf([person(7, 'Dan New', { departments: [3] })]);
    assert.equal(departments.count('a', all), 1);
  });

  it('are read once for each directory, and each hour where there is none', async () => {
    await Promise.all([departments.of('a'), departments.of('a')]);
    await departments.of('a');
    assert.equal(asked, 1);
    await clock.sleep(60 * 60 * 1000);
    await departments.of('a');
    assert.equal(asked, 2);
    directory = await readDirectory();
    await departments.of('a');
    await clock.sleep(48 * 60 * 60 * 1000);
    await departments.of('a');
    assert.equal(asked, 3);
  });

  it('are none without the permission, which is asked again after a minute', async () => {
    directory = await readDirectory();
    answer = refusal('insufficient_scope');
    assert.equal((await departments.of('a')).size, 0);
    assert.equal((await departments.of('a')).size, 0);
    assert.equal(asked, 1);
    answer = () => Promise.resolve({ result: rows, total: 3 });
    await clock.sleep(60 * 1000);
    assert.equal((await departments.of('a')).size, 3);
  });

  it('are asked again after trouble, and what was known stays meanwhile', async () => {
    const tree = await departments.of('a');
    directory = await readDirectory();
    answer = refusal('OOPS');
    await assert.rejects(departments.of('a'), { code: 'OOPS' });
    assert.equal(departments.peek('a'), tree);
    answer = () => Promise.resolve({ result: rows.slice(0, 1), total: 1 });
    assert.equal((await departments.of('a')).size, 1);
  });

  it('end for one who cancels, not for the others', async () => {
    let give = (): void => {};
    answer = () => new Promise((resolve) => (give = () => resolve({ result: rows, total: 3 })));
    const abort = new AbortController();
    const [stopped, other] = [departments.of('a', abort.signal), departments.of('a')];
    abort.abort();
    await assert.rejects(stopped, { kind: 'cancelled', phase: 'notSent' });
    await assert.rejects(departments.of('a', abort.signal), { kind: 'cancelled' });
    give();
    assert.equal((await other).size, 3);
  });

  it('are forgotten with the account, also by an answer that comes later', async () => {
    await departments.of('a');
    changed.fire('a');
    assert.equal(departments.peek('a'), undefined);
    let give = (): void => {};
    answer = () => new Promise((resolve) => (give = () => resolve({ result: rows, total: 3 })));
    const late = departments.of('a');
    await new Promise((resolve) => setImmediate(resolve));
    changed.fire('a');
    give();
    await late;
    assert.equal(departments.peek('a'), undefined);
  });
});
