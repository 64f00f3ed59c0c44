import assert from 'node:assert/strict';
import { peopleByIds } from '../../../src/bitrix24/peopleById';
import { profile, scopes } from '../../../src/bitrix24/profile';
import { searchPeople } from '../../../src/bitrix24/peopleByText';
import { testClient } from '../../support/testClient';
import { failureOf, FakeClock, FakeTokens, json, ScriptedTransport, type Step } from './support';

const connect = (...steps: Step[]) => {
  const transport = new ScriptedTransport(...steps);
  return {
    transport,
    client: testClient({ transport, tokens: new FakeTokens(), clock: new FakeClock() }),
  };
};

const anna = {
  ID: '12',
  ACTIVE: true,
  NAME: ' Anna ',
  LAST_NAME: 'Petrova',
  WORK_POSITION: 'Designer',
  PERSONAL_PHOTO: 'https://acme.bitrix24.com/a.png',
  UF_DEPARTMENT: [1, '5'],
  USER_TYPE: 'employee',
  LAST_ACTIVITY_DATE: {},
};

describe('profile', () => {
  it('reads who the token belongs to', async () => {
    const row = {
      ID: '1',
      ADMIN: true,
      NAME: 'Ann',
      LAST_NAME: 'Lee',
      PERSONAL_GENDER: '',
      TIME_ZONE: '',
    };
    assert.deepEqual(await profile(connect(json({ result: row })).client), {
      id: 1,
      administrator: true,
      name: 'Ann Lee',
      photo: undefined,
    });
  });

  it('tells an inactive user, whose answer is empty, as one who cannot be authorised', async () => {
    assert.equal(
      (await failureOf(profile(connect(json({ result: [] })).client))).code,
      'authorization_error',
    );
  });
});

describe('scopes', () => {
  it('is the list of codes', async () => {
    assert.deepEqual(await scopes(connect(json({ result: ['pull', 'user_brief'] })).client), [
      'pull',
      'user_brief',
    ]);
    assert.deepEqual(await scopes(connect(json({ result: { 0: 'pull', 2: 'user' } })).client), [
      'pull',
      'user',
    ]);
    assert.deepEqual(await scopes(connect(json({ result: [] })).client), []);
  });
});

describe('searchPeople', () => {
  it('asks for active people by a real boolean and reads the rows', async () => {
    const { transport, client } = connect(json({ result: [anna], total: 1 }));
    assert.deepEqual(await searchPeople(client, 'anna'), [
      {
        id: 12,
        firstName: 'Anna',
        lastName: 'Petrova',
        secondName: undefined,
        name: 'Anna Petrova',
        position: 'Designer',
        photo: 'https://acme.bitrix24.com/a.png',
        active: true,
        departments: [1, 5],
        type: 'employee',
      },
    ]);
    assert.deepEqual(transport.bodies, [{ FIND: 'anna', ACTIVE: true, auth: 'access-1' }]);
  });

  it('reads rows of which little is left, and leaves out what is no person', async () => {
    const result = [
      { ID: 5 },
      { ID: '0' },
      { NAME: 'Nobody' },
      null,
      'x',
      { ID: '6', EMAIL: 'six@example.com', PERSONAL_PHOTO: '/x.png', UF_DEPARTMENT: false },
    ];
    const found = await searchPeople(connect(json({ result })).client, 'x');
    assert.deepEqual(
      found.map(({ id, name, position, photo, departments }) => ({
        id,
        name,
        position,
        photo,
        departments,
      })),
      [
        { id: 5, name: '#5', position: undefined, photo: undefined, departments: [] },
        { id: 6, name: 'six@example.com', position: undefined, photo: undefined, departments: [] },
      ],
    );
  });

  it('never shows the dismissed, whatever the server does', async () => {
    const result = [anna, { ...anna, ID: '13', ACTIVE: false }, { ...anna, ID: '14', ACTIVE: 'N' }];
    const found = await searchPeople(connect(json({ result })).client, 'anna');
    assert.deepEqual(
      found.map(({ id }) => id),
      [12],
    );
  });

  it('reads an empty answer', async () => {
    assert.deepEqual(await searchPeople(connect(json({ result: [] })).client, 'x'), []);
    assert.deepEqual(await searchPeople(connect(json({ result: {} })).client, 'x'), []);
  });
});

describe('peopleByIds', () => {
  it('asks for fifty at a time, each once', async () => {
    const ids = [...Array.from({ length: 60 }, (_, index) => index + 1), 1, 2];
    const { transport, client } = connect(
      json({ result: { result: { c0: [{ ...anna, ACTIVE: false }], c1: [] } } }),
    );
    const found = await peopleByIds(client, ids);
    assert.deepEqual(
      found.map(({ id, active }) => ({ id, active })),
      [{ id: 12, active: false }],
    );
    const { cmd } = transport.bodies[0] as { cmd: Record<string, string> };
    const asked = Object.values(cmd).map((command) => command.match(/FILTER/g)?.length);
    assert.deepEqual([transport.requests.length, asked], [1, [50, 10]]);
  });
});
