import assert from 'node:assert/strict';
import * as v from 'valibot';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { NotificationList } from '../../../src/sandbox/notifications';
import { ask, Client, refusal, type HttpAnswer } from './client';

const PERSONAL = 'im.notify.personal.add';
const SYSTEM = 'im.notify.system.add';
const DELETE = 'im.notify.delete';

describe('sandbox: notifications', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  const standing = () => sandbox.snapshot().notifications;
  const messages = () => standing().map(({ message }) => message);
  const note = () => sandbox.snapshot().requests.at(-1)?.note ?? '';
  const webhook = (method: string, params: Record<string, unknown>): Promise<HttpAnswer> =>
    ask(`${sandbox.info.webhook}/${method}`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    });

  it('stand in the bell of one person, with an id as the answer', async () => {
    const first = await client.json(PERSONAL, { USER_ID: 2, MESSAGE: 'one' });
    const second = await client.json(PERSONAL, { user_id: '3', message: '  two\n' });
    assert.deepEqual([first.json['result'], second.json['result']], [1, 2]);
    assert.deepEqual(
      standing().map(({ id, userId, message }) => [id, userId, message]),
      [
        [1, 2, 'one'],
        [2, 3, 'two'],
      ],
    );
    const request = sandbox.snapshot().requests.at(-1);
    assert.equal(standing()[1]?.request, request?.id);
  });

  it('are from the caller when personal, and from the application when of the system', async () => {
    await client.json(PERSONAL, { USER_ID: 2, MESSAGE: 'p' });
    await client.json(SYSTEM, { USER_ID: 2, MESSAGE: 's' });
    assert.deepEqual(
      standing().map(({ type, senderId, senderName }) => [type, senderId, senderName]),
      [
        ['personal', 1, 'Анна Петрова'],
        ['system', null, 'Push from VS Code'],
      ],
    );
  });

  it('may be sent by anybody who may use the application', async () => {
    const other = await Client.signedIn(sandbox, 2);
    assert.equal((await other.json(PERSONAL, { USER_ID: 1, MESSAGE: 'x' })).json['result'], 1);
    assert.equal(standing()[0]?.senderName, 'Иван Сидоров');
  });

  it('are refused in the order of the server', async () => {
    const attach = 'broken';
    const steps: [Record<string, unknown>, string][] = [
      [{ ATTACH: attach }, "400 | USER_ID_EMPTY | User ID can't be empty"],
      [{ USER_ID: -1, ATTACH: attach }, "400 | USER_ID_EMPTY | User ID can't be empty"],
      [
        { USER_ID: 2, MESSAGE: ' \n', ATTACH: attach },
        "400 | MESSAGE_EMPTY | Message can't be empty",
      ],
      [
        { USER_ID: 2, MESSAGE: 'x', ATTACH: attach },
        '400 | ATTACH_ERROR | Incorrect attach params',
      ],
      [
        { USER_ID: 2, MESSAGE: 'x', ATTACH: [{ NOTHING: 1 }] },
        '400 | ATTACH_ERROR | Incorrect attach params',
      ],
      [
        { USER_ID: 2, MESSAGE: 'x', ATTACH: [{ MESSAGE: 'a'.repeat(60_000) }] },
        '400 | ATTACH_OVERSIZE | You have exceeded the maximum allowable size of attach',
      ],
    ];
    for (const method of [PERSONAL, SYSTEM]) {
      for (const [params, expected] of steps) {
        assert.equal(refusal(await client.json(method, params)), expected);
      }
    }
    assert.deepEqual(standing(), []);
    await client.control('PATCH', '/state', { scopes: ['pull'] });
    const fresh = await Client.signedIn(sandbox);
    assert.match(refusal(await fresh.json(PERSONAL, {})), /^401 \| insufficient_scope/);
  });

  it('take an attachment as list, object or JSON text, and "0" as a message', async () => {
    const blocks = [{ MESSAGE: 'attached' }];
    for (const ATTACH of [blocks, { BLOCKS: blocks }, JSON.stringify(blocks)]) {
      await client.json(PERSONAL, { USER_ID: 2, MESSAGE: '0', ATTACH });
    }
    assert.deepEqual(
      standing().map(({ message, hasAttach }) => [message, hasAttach]),
      [
        ['0', true],
        ['0', true],
        ['0', true],
      ],
    );
  });

  it('end in a crash of PHP when the message is an array', async () => {
    const answer = await client.json(PERSONAL, { USER_ID: 2, MESSAGE: ['x'] });
    assert.deepEqual([answer.status, answer.json], [500, {}]);
  });

  it('go to TO rather than USER_ID', async () => {
    await client.json(PERSONAL, { TO: 3, USER_ID: 2, MESSAGE: 'x' });
    assert.equal(standing()[0]?.userId, 3);
  });

  it('are false for a person who does not exist', async () => {
    const answer = await client.json(PERSONAL, { USER_ID: 99, MESSAGE: 'x' });
    assert.equal(answer.json['result'], false);
    assert.equal(note(), 'no such person: 99');
    assert.deepEqual(standing(), []);
  });

  it('replace the older ones of the application with the same TAG, and none with the same SUB_TAG', async () => {
    await client.json(PERSONAL, { USER_ID: 2, MESSAGE: 'old', TAG: 'build', SUB_TAG: 'ci' });
    await client.json(PERSONAL, { USER_ID: 3, MESSAGE: 'other', TAG: 'deploy', SUB_TAG: 'ci' });
    await client.json(SYSTEM, { USER_ID: 2, MESSAGE: 'new', TAG: 'build' });
    assert.deepEqual(messages(), ['other', 'new']);
    assert.match(note(), /^replaced 1 with the same TAG/);
  });

  it('belong to the application by their tags: those of a webhook are others', async () => {
    await client.json(PERSONAL, { USER_ID: 2, MESSAGE: 'app', TAG: 'build' });
    await webhook(PERSONAL, { USER_ID: 2, MESSAGE: 'hook', TAG: 'build', CLIENT_ID: 'mine' });
    await webhook(SYSTEM, { USER_ID: 2, MESSAGE: 'bare', TAG: 'build' });
    assert.match(note(), /tags of a webhook need CLIENT_ID/);
    assert.deepEqual(
      standing().map(({ message, tag, owner, senderName }) => [message, tag, owner, senderName]),
      [
        ['app', 'build', sandbox.info.clientId, 'Анна Петрова'],
        ['hook', 'build', 'custommine', 'Анна Петрова'],
        ['bare', '', null, ''],
      ],
    );
    await webhook(DELETE, { TAG: 'build', CLIENT_ID: 'mine' });
    assert.deepEqual(messages(), ['app', 'bare']);
  });

  it('are deleted by TAG, or by SUB_TAG without one, of the own application', async () => {
    for (const [MESSAGE, TAG, SUB_TAG] of [
      ['a', 't1', 's'],
      ['b', 't2', 's'],
      ['c', 't3', ''],
    ]) {
      await client.json(PERSONAL, { USER_ID: 2, MESSAGE, TAG, SUB_TAG });
    }
    assert.equal((await client.json(DELETE, { TAG: 't1', SUB_TAG: 's' })).json['result'], true);
    assert.deepEqual(messages(), ['b', 'c']);
    assert.equal((await client.json(DELETE, { sub_tag: 's' })).json['result'], true);
    assert.deepEqual(messages(), ['c']);
    assert.equal((await client.json(DELETE, { TAG: 'nobody' })).json['result'], true);
  });

  it("are deleted by ID out of the caller's own bell only", async () => {
    await client.json(PERSONAL, { USER_ID: 1, MESSAGE: 'mine' });
    await client.json(PERSONAL, { USER_ID: 2, MESSAGE: 'his' });
    assert.equal((await client.json(DELETE, { ID: 2 })).json['result'], false);
    assert.equal((await client.json(DELETE, { ID: 1, TAG: 'x' })).json['result'], true);
    assert.deepEqual(messages(), ['his']);
  });

  it('are not deleted without anything to go by', async () => {
    const without = await client.json(DELETE, { ID: 0, TAG: '' });
    assert.equal(refusal(without), '400 | PARAMS_ERROR | Incorrect params');
    const anonymous = await webhook(DELETE, { TAG: 'x' });
    assert.equal(
      refusal(anonymous),
      '403 | ACCESS_DENIED | Access denied! Client ID not specified',
    );
  });

  it('ring as each person has set it, and only a phone that takes pushes', async () => {
    const rang = async (id: number, change: Record<string, unknown>) => {
      await client.control('PATCH', '/state', { users: [{ id, ...change }] });
      await client.json(PERSONAL, { USER_ID: id, MESSAGE: 'x' });
      return standing().at(-1)?.rang;
    };
    assert.equal(await rang(2, {}), true);
    assert.equal(await rang(2, { notificationsRing: false }), false);
    assert.equal(note(), 'in the bell');
    assert.equal(await rang(2, { notificationsRing: true, push: false }), false);
    assert.equal(await rang(7, { device: 'none' }), false);
    await client.control('PATCH', '/state', { pushEnabled: false });
    assert.equal(await rang(1, {}), false);
  });

  it('are listed by the control API, of all or of some people, and are gone after a reset', async () => {
    for (const USER_ID of [1, 2, 3]) {
      await client.json(PERSONAL, { USER_ID, MESSAGE: `to ${String(USER_ID)}` });
    }
    const all = await client.control('GET', '/notifications');
    assert.deepEqual(all.json['list'], standing());
    const some = await client.control('GET', '/notifications?users=1,3');
    assert.deepEqual(some.json['list'], [standing()[0], standing()[2]]);
    await client.control('POST', '/reset');
    assert.deepEqual(standing(), []);
    assert.equal((await client.json(PERSONAL, { USER_ID: 1, MESSAGE: 'x' })).json['result'], 1);
  });
});

describe('sandbox: the list of notifications', () => {
  it('keeps the last 5,000', () => {
    const list = new NotificationList();
    for (let id = 1; id <= 5001; id += 1) {
      list.add({
        ...{ time: '', request: 1, type: 'personal', userId: 1, senderId: 1, senderName: 'Anna' },
        ...{ message: 'x', messageOut: '', owner: null, tag: '', subTag: '', hasAttach: false },
        rang: true,
      });
    }
    assert.equal(list.all().length, 5000);
    assert.equal(list.all()[0]?.id, 2);
  });
});

const ImUser = v.object({
  avatar: v.string(),
  avatar_hr: v.exactOptional(v.string()),
  website: v.string(),
  email: v.string(),
  bot_data: v.null(),
  type: v.string(),
  phones: v.record(v.string(), v.string()),
});

describe('sandbox: rows of im.user', () => {
  it('have all fields of the documentation, and a large photo when asked for', async () => {
    const sandbox = await startSandbox();
    try {
      const client = await Client.signedIn(sandbox);
      const row = async (params: Record<string, unknown>) =>
        v.parse(ImUser, (await client.json('im.user.get', params)).json['result']);
      const photo = `${sandbox.info.portal}/sandbox/photo/1.svg`;
      assert.deepEqual(await row({ ID: 1, AVATAR_HR: 'Y' }), {
        avatar: photo,
        avatar_hr: photo,
        website: '',
        email: 'user1@acme.example',
        bot_data: null,
        type: 'user',
        phones: {
          work_phone: '+1 555 0100',
          personal_mobile: '+1 555 0101',
          personal_phone: '+1 555 0191',
          inner_phone: '101',
        },
      });
      const emma = await row({ ID: 8 });
      assert.deepEqual(
        [emma.type, emma.phones, emma.avatar_hr],
        ['extranet', { personal_mobile: '+1 555 0108' }, undefined],
      );
      const list = await client.json('im.user.list.get', { ID: [2], AVATAR_HR: 'Y' });
      assert.match(JSON.stringify(list.json['result']), /"avatar_hr":/);
      const found = await client.json('im.search.user.list', { FIND: 'Emma', AVATAR_HR: 'Y' });
      assert.match(JSON.stringify(found.json['result']), /"avatar_hr":/);
    } finally {
      await sandbox.close();
    }
  });
});
