import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { allMethods } from '../../../src/sandbox/methods/allMethods';
import { portalMethods } from '../../../src/sandbox/methods/portalMethods';
import { unreadParameters } from '../../../src/sandbox/methods/methodParameters';
import type { Caller } from '../../../src/sandbox/methods/method';
import { PhpArray } from '../../../src/sandbox/php';
import { twelvePeople } from '../../../src/sandbox/staff';
import { ask, Client } from './client';

const PUSH = 'pull.application.push.add';

describe('sandbox: the log of requests', () => {
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

  const last = () => {
    const request = sandbox.snapshot().requests.at(-1);
    assert.ok(request);
    return request;
  };

  describe('what is no parameter of the method', () => {
    it('is named, and a real portal would ignore it in silence', async () => {
      await client.json(PUSH, { USER_ID: 1, text: 'hi', TITLE: 't', SOUND: 'x', message: 'm' });
      assert.deepEqual(last().ignored, ['TITLE', 'SOUND', 'message']);
      assert.equal(
        last().note,
        '1 shown, no parameters of the method: TITLE, SOUND, message (a real portal ignores them in silence)',
      );
    });

    it('is not named when all names are read, as also `start` and the token are', async () => {
      await client.json(PUSH, { user_id: 1, Text: 'hi', AVATAR: '', start: 0 });
      assert.deepEqual([last().ignored, last().note], [[], '1 shown']);
      await ask(`${sandbox.info.webhook}/im.notify.personal.add?CLIENT_ID=a&USER_ID=1&MESSAGE=x`);
      assert.deepEqual(last().ignored, []);
      await client.get('im.notify.personal.add', 'CLIENT_ID=a&USER_ID=1&MESSAGE=x');
      assert.deepEqual(last().ignored, ['CLIENT_ID']);
    });

    it('depends on the letter case where the server does', async () => {
      await client.json('method.get', { NAME: 'profile' });
      assert.deepEqual(last().ignored, ['NAME']);
      await client.json('department.get', { parent: 1, PARENT: 1, Sort: 'ID', order: 'ASC' });
      assert.deepEqual(last().ignored, ['parent']);
    });

    it('in a filter of people is what the scope does not show, and what stands beside FILTER', async () => {
      await client.json('user.get', {
        '>ID': 2,
        ACTIVE: true,
        FIND: 'x',
        SORT: 'ID',
        order: 'ASC',
      });
      assert.deepEqual(last().ignored, ['FIND']);
      await client.json('user.search', { FIND: 'x' });
      assert.deepEqual(last().ignored, []);
      await client.json('user.get', { FILTER: { ACTIVE: true, NICK: 1 }, ID: 1 });
      assert.deepEqual(last().ignored, ['ID', 'FILTER[NICK]']);
      await client.control('PATCH', '/state', { scopes: ['user_brief'] });
      const brief = await Client.signedIn(sandbox);
      await brief.json('user.get', { EMAIL: 'x' });
      assert.deepEqual(last().ignored, ['EMAIL']);
    });

    it('is named with its command in a batch, and once for many', async () => {
      const cmd = [`${PUSH}?USER_ID=1&TEXT=a&SOUND=1`, `${PUSH}?USER_ID=2&TEXT=b&SOUND=1`];
      await client.json('batch', { cmd, speed: 1 });
      assert.deepEqual(last().ignored, ['speed', `${PUSH}: SOUND`]);
    });

    it('is cut to ten names in the note', async () => {
      const names = Array.from({ length: 12 }, (_, index) => `X${String(index)}`);
      await client.json('profile', Object.fromEntries(names.map((name) => [name, 1])));
      assert.equal(last().ignored.length, 12);
      assert.match(last().note, /X9 and 2 more/);
    });

    it('is known for each method that the sandbox carries out', () => {
      const [person] = twelvePeople().people;
      assert.ok(person);
      const caller: Caller = { person, clientId: 'local.1', scopes: ['user'] };
      const params = new PhpArray();
      params.set('NO_PARAMETER_OF_ANY', 1);
      const isCarriedOut = (name: string) => allMethods[name] !== portalMethods[name];
      for (const method of Object.keys(allMethods).filter(isCarriedOut)) {
        assert.deepEqual(unreadParameters(method, params, caller), ['NO_PARAMETER_OF_ANY'], method);
      }
    });
  });

  it('says who called, and by what', async () => {
    const other = await Client.signedIn(sandbox, 2);
    await other.json('profile');
    assert.deepEqual(last().caller, { id: 2, name: 'Иван Сидоров', via: 'application' });
    await ask(`${sandbox.info.webhook}/profile`);
    assert.deepEqual(last().caller, { id: 1, name: 'Анна Петрова', via: 'webhook' });
    await ask(client.url('profile'));
    assert.equal(last().caller, null);
  });

  it('has the answer without tokens, and the time that it took', async () => {
    await client.json('server.time');
    assert.match(last().answer, /^\{"result":"20/);
    assert.ok(last().durationMs > 0);
    await client.token({ grant_type: 'refresh_token', refresh_token: client.tokens.refresh_token });
    assert.match(last().answer, /"access_token":"\*\*\*"/);
    await client.control('POST', '/faults', { method: 'profile', action: 'status', status: 503 });
    await client.json('profile');
    assert.match(last().answer, /INTERNAL_SERVER_ERROR/);
    await client.control('POST', '/faults', { method: 'profile', action: 'html' });
    await client.json('profile');
    assert.equal(last().answer, '');
  });

  it('hides a token that stands where a long answer is cut', async () => {
    const token = client.tokens.access_token;
    sandbox.patchState({ users: [{ id: 1, firstName: `a${'z'.repeat(3940)}a${token}` }] });
    await client.json('profile');
    assert.match(last().answer, /zzz\*{3}/);
    assert.equal(last().answer.includes(token.slice(0, 10)), false);
  });

  it('is filtered by method, caller and errors, the newest last', async () => {
    const other = await Client.signedIn(sandbox, 2);
    await other.json('profile');
    await other.json(PUSH, { USER_ID: 1, TEXT: 'x' });
    await client.json(PUSH, { USER_ID: 1, TEXT: '' });
    await client.json(PUSH, { USER_ID: 1, TEXT: 'x' });
    const found = async (query: string) => {
      const { list } = (await client.control('GET', `/requests?${query}`)).json;
      return JSON.parse(JSON.stringify(list), (key, value: unknown) =>
        key === '' || /^\d+$/.test(key) || key === 'method' || key === 'error' ? value : undefined,
      ) as unknown;
    };
    const push = (error: string | null) => ({ method: PUSH, error });
    assert.deepEqual(await found('method=PUSH.add&person=1'), [push('TEXT_ERROR'), push(null)]);
    assert.deepEqual(await found(`person=${encodeURIComponent('сидоров')}`), [
      { method: 'profile', error: null },
      push('ACCESS_ERROR'),
    ]);
    assert.deepEqual(await found('errors=1'), [push('ACCESS_ERROR'), push('TEXT_ERROR')]);
    assert.deepEqual(await found('method=push&most=1'), [push(null)]);
    assert.deepEqual(await found('method=nothing'), []);
  });

  it('gives one request whole by its id, where lists are cut', async () => {
    await client.json(PUSH, { USER_ID: 1, TEXT: 'x'.repeat(2000) });
    const short = await client.control('GET', '/requests?method=push');
    assert.match(short.text, /and 1000 characters more/);
    const whole = await client.control('GET', `/requests?ids=${String(last().id)}`);
    assert.deepEqual(whole.json['list'], [last()]);
  });
});
