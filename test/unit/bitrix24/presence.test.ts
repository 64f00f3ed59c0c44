import assert from 'node:assert/strict';
import type { BatchCommand, CommandOutcome } from '../../../src/bitrix24/restBatch';
import { readPresence } from '../../../src/bitrix24/presence';
import { Bitrix24Error } from '../../../src/bitrix24/errors';

const failed = (code: string): CommandOutcome => ({
  kind: 'failed',
  error: new Bitrix24Error({ kind: 'server', phase: 'answered', code }),
});
const answered = (result: unknown): CommandOutcome => ({ kind: 'answered', result });

/** A portal that answers each method with the same. */
function portal(answers: Record<string, CommandOutcome>) {
  const batches: BatchCommand[][] = [];
  const batch = (commands: readonly BatchCommand[]): Promise<CommandOutcome[]> => {
    batches.push([...commands]);
    return Promise.resolve(commands.map(({ method }) => answers[method] ?? { kind: 'unknown' }));
  };
  return { client: { batch }, batches };
}

const user = { ID: '5', ACTIVE: true, NAME: 'John', LAST_NAME: 'Carter', IS_ONLINE: 'Y' };
const chat = {
  id: 5,
  name: 'John Carter',
  active: true,
  extranet: false,
  bot: false,
  last_activity_date: '2026-11-22T12:00:00+03:00',
  mobile_last_date: false,
  desktop_last_date: '2026-11-22T09:00:00+00:00',
  idle: false,
};

describe('the facts of delivery', () => {
  const facts = async (answers: Record<string, CommandOutcome>, ids = [5]) =>
    readPresence(portal(answers).client, ids);

  it('unite what user.get and the chat tell', async () => {
    const { facts: found, missing } = await facts({
      'user.get': answered([{ ...user, LAST_ACTIVITY_DATE: {}, USER_TYPE: 'employee' }]),
      'im.user.list.get': answered({ 5: chat }),
    });
    assert.deepEqual(found.get(5), {
      id: 5,
      name: 'John Carter',
      active: true,
      online: true,
      extranet: false,
      activityAt: Date.parse('2026-11-22T09:00:00Z'),
      mobileAt: null,
      desktopAt: Date.parse('2026-11-22T09:00:00Z'),
      idle: false,
    });
    assert.deepEqual(missing, []);
  });

  for (const [what, result] of Object.entries({
    'an object by id': { 5: chat, 7: null },
    'a list': [chat],
    'a list with gaps': [null, chat],
    'an object without the unknown': { 5: chat },
  })) {
    it(`read the chat's answer as ${what}`, async () => {
      const { facts: found } = await facts(
        { 'user.get': failed('insufficient_scope'), 'im.user.list.get': answered(result) },
        [5, 7],
      );
      assert.equal(found.get(5)?.mobileAt, null);
      assert.deepEqual(found.get(7), { id: 7, unknown: 'likely' });
    });
  }

  it('know for certain who does not exist by user.get only', async () => {
    const { facts: found } = await facts(
      { 'user.get': answered([user]), 'im.user.list.get': answered([]) },
      [5, 7],
    );
    assert.deepEqual(found.get(7), { id: 7, unknown: 'certain' });
    assert.equal(found.get(5)?.active, true);
  });

  it('call nobody unknown whom the chat knows, except a bot', async () => {
    const other = { ...chat, id: 7 };
    const { facts: found } = await facts(
      {
        'user.get': answered([]),
        'im.user.list.get': answered({ 5: chat, 7: { ...other, bot: true } }),
      },
      [5, 7],
    );
    assert.equal(found.get(5)?.unknown, undefined);
    assert.equal(found.get(7)?.unknown, 'certain');
  });

  it('call nobody unknown because of a row that cannot be read', async () => {
    const { facts: found } = await facts(
      { 'user.get': answered([{ ID: 'x' }]), 'im.user.list.get': failed('ACCESS_DENIED') },
      [5],
    );
    assert.equal(found.get(5), undefined);
  });

  it('do not take a field that is missing or strange for "never"', async () => {
    const { facts: found } = await facts({
      'user.get': answered([user]),
      'im.user.list.get': answered([{ id: 5, desktop_last_date: 17, mobile_last_date: 'soon' }]),
    });
    const { mobileAt, desktopAt, idle, active } = found.get(5) ?? {};
    assert.deepEqual([mobileAt, desktopAt, idle], [undefined, undefined, undefined]);
    assert.equal(active, true);
  });

  it('name the scopes that are missing, and do not ask for them again', async () => {
    const { client, batches } = portal({
      'user.get': answered([]),
      'im.user.list.get': failed('insufficient_scope'),
    });
    const ids = Array.from({ length: 3_000 }, (_, at) => at + 1);
    const { missing } = await readPresence(client, ids);
    assert.deepEqual(missing, ['im']);
    assert.deepEqual(
      batches.map((commands) => commands.some(({ method }) => method.startsWith('im.'))),
      [true, false],
    );
    const none = await facts({
      'user.get': failed('insufficient_scope'),
      'im.user.list.get': failed('INSUFFICIENT_SCOPE'),
    });
    assert.deepEqual(none, { facts: new Map(), missing: ['user', 'im'] });
  });

  it('throw what went wrong only when nothing was learned', async () => {
    const bad = { 'user.get': failed('ERROR_CORE'), 'im.user.list.get': failed('OOPS') };
    await assert.rejects(facts(bad), { code: 'ERROR_CORE' });
    await assert.rejects(facts({}), { code: 'UNEXPECTED_ANSWER' });
    const some = await facts({ ...bad, 'im.user.list.get': answered([chat]) });
    assert.equal(some.facts.get(5)?.name, 'John Carter');
  });

  it('are asked for nobody without a request', async () => {
    const { client, batches } = portal({});
    assert.equal((await readPresence(client, [])).facts.size, 0);
    assert.equal(batches.length, 0);
  });
});
