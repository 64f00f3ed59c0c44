import { membersOf, resultOf } from './answers';
import { call, callWithoutToken, outcomeOf, sending, unknownId } from './stepParts';
import type { Facts, Step, Walk } from './step';

const USER_SCOPES = ['user', 'user_basic', 'user_brief'];
const lacksUser = ({ scopes }: Facts) =>
  USER_SCOPES.some((scope) => scopes.includes(scope))
    ? undefined
    : 'the application lacks the permission Users';

/** Reads that change nothing, each with the scope that it needs. */
const foreignReads: readonly (readonly [scopes: readonly string[], method: string])[] = [
  [['department'], 'department.fields'],
  [['im'], 'im.user.get'],
  [USER_SCOPES, 'user.current'],
  [['crm'], 'crm.status.fields'],
];

export const restSteps: readonly Step[] = [
  {
    id: 'scope',
    says: 'The portal is asked which permissions the application has.',
    run: sending(call('scope')),
    keepsTexts: true,
  },
  {
    id: 'profile',
    says: 'The portal is asked who you are.',
    run: profile,
    tolerance: { optional: /^result\.(?:PERSONAL_|TIME_ZONE)/, ignored: /^time$/ },
  },
  {
    id: 'user-admin',
    says: 'The portal is asked whether you are an administrator.',
    run: sending(call('user.admin')),
  },
  {
    id: 'app-info',
    says: 'The portal is asked about the application.',
    run: sending(call('app.info')),
  },
  {
    id: 'auth-server-app-info',
    says: 'The authorization server is asked about the application.',
    run: async ({ send }) => {
      const answer = await send({
        to: 'authServer',
        method: 'app.info',
        params: { auth: '{{access_token}}' },
      });
      const { expires } = resultOf(answer.raw);
      const hasTime = 'time' in membersOf(answer.raw);
      return {
        answers: {
          'auth-server-app-info': `app.info of the authorization server: ${outcomeOf(answer)}, expires is a ${typeof expires}, time is ${hasTime ? 'there' : 'missing'}.`,
        },
      };
    },
  },
  {
    id: 'server-time',
    says: 'The portal is asked for its time; the headers and times of the answer are looked at.',
    run: async ({ send }) => {
      const { raw } = await send(call('server.time'));
      const rate = [...raw.headers.keys()].filter((name) => /^(?:x-)?ratelimit|^retry/.test(name));
      return {
        answers: {
          'rate-headers':
            rate.length === 0
              ? 'No header of a normal answer tells of the rate limit.'
              : `Headers of the rate limit: ${rate.join(', ')}.`,
        },
      };
    },
    tolerance: {
      ignored: /(?!)/,
      headers: ['x-bitrix-rest-application', 'x-bitrix-rest-time'],
    },
  },
  {
    id: 'unknown-method',
    says: 'A method that does not exist is called.',
    run: sending(call('no.such.method')),
  },
  {
    id: 'unknown-method-without-token',
    says: 'A method that does not exist is called without a token.',
    run: sending(callWithoutToken('no.such.method')),
  },
  {
    id: 'no-token',
    says: 'profile is called without a token.',
    run: sending(callWithoutToken('profile')),
  },
  {
    id: 'junk-token',
    says: 'profile is called with a token that nobody was given.',
    run: sending(callWithoutToken('profile', { auth: 'junk' })),
  },
  {
    id: 'missing-scope',
    says: 'A method is called for which the application lacks the permission.',
    skip: ({ scopes }) =>
      foreignRead(scopes) === undefined ? 'the application has every permission' : undefined,
    run: async ({ send, facts }) => {
      const answer = await send(call(foreignRead(facts.scopes) ?? 'department.fields'));
      return {
        answers: {
          'missing-scope': `A method of a missing scope is answered ${outcomeOf(answer)}.`,
        },
      };
    },
  },
  {
    id: 'method-get',
    says: 'The portal is asked whether it has the method for pushes.',
    run: sending(call('method.get', { name: 'pull.application.push.add' })),
  },
  {
    id: 'user-page',
    says: 'The first page of the portal’s people is read; only the names of its fields are kept.',
    skip: lacksUser,
    run: sending(call('user.get', { SORT: 'ID', ORDER: 'ASC', FILTER: { ACTIVE: true } })),
    tolerance: { ignored: /^time$/, optional: /^next$|^result\[\]\.(?!ID$|ACTIVE$)/ },
  },
  {
    id: 'user-unknown',
    says: 'A person with an id that nobody has is looked for.',
    skip: lacksUser,
    run: async ({ send, facts }) => {
      const { raw } = await send(call('user.get', { FILTER: { ID: unknownId } }));
      const { result } = membersOf(raw);
      facts.unknownIsNobody = Array.isArray(result) && result.length === 0;
      return undefined;
    },
  },
  {
    id: 'batch',
    says: 'Three harmless calls are sent as one batch; two of them are refused.',
    run: async ({ send }) => {
      await send(call('batch', { halt: 0, cmd: batchCommands }));
      await send(call('batch', { halt: 1, cmd: batchCommands }));
      return undefined;
    },
  },
];

const batchCommands = {
  admin: 'user.admin',
  unknown: 'no.such.method',
  text: 'pull.application.push.add?USER_ID=0&TEXT=',
};

function foreignRead(scopes: readonly string[]): string | undefined {
  return foreignReads.find(([needs]) => !needs.some((scope) => scopes.includes(scope)))?.[1];
}

async function profile({ send, facts }: Walk) {
  const { raw } = await send(call('profile'));
  const { ID, ADMIN, PERSONAL_PHOTO } = resultOf(raw);
  facts.profileId = typeof ID === 'string' ? Number(ID) : undefined;
  facts.admin = ADMIN === true;
  const photo = typeof PERSONAL_PHOTO === 'string' && PERSONAL_PHOTO !== '';
  return { state: { admin: facts.admin, photo } };
}
