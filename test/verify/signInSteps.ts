import { arrivedWith, membersOf, tokensOf } from './answers';
import { outcomeOf, sending, token } from './stepParts';
import type { Exchanged, Step, Walk } from './step';
import { Stop } from './stop';

const codeGrant = { grant_type: 'authorization_code', code: '{{code}}' };

/** The sign-in. The code lives for 30 seconds, so nothing is asked until it was exchanged. */
export const signInSteps: readonly Step[] = [
  {
    id: 'sign-in',
    says: 'You sign in to the portal in your browser, which comes back to the application’s handler.',
    run: signIn,
  },
  {
    id: 'token',
    says: 'The code is exchanged for tokens, by a POST as the extension does it.',
    run: exchangeCode,
    tolerance: { headers: ['cache-control'] },
    asks: [
      {
        id: 'consent-page',
        text: 'Did the portal ask you to allow the application something, apart from logging in?',
        yes: 'The portal asked for consent.',
        no: 'The portal did not ask for consent.',
      },
    ],
  },
];

async function signIn({ send, facts }: Walk) {
  const { raw } = await send({
    to: 'signIn',
    params: { client_id: '{{client_id}}', state: '{{state}}' },
  });
  if (arrivedWith(raw, 'code') === undefined) {
    throw new Stop('Nobody came back from the browser with a code, so nothing can be compared.');
  }
  const scopes = scopesOf(arrivedWith(raw, 'scope') ?? '');
  facts.scopes = scopes;
  return {
    state: { scopes },
    answers: facts.handlerIsLocal
      ? { 'loopback-handler': 'The portal sends the browser to a handler on this computer.' }
      : {},
  };
}

function scopesOf(list: string): string[] {
  return list.split(',').filter((scope) => /^[a-z0-9_.]+$/i.test(scope));
}

async function exchangeCode({ send, facts }: Walk) {
  let answer = await send(token(codeGrant));
  const byPost = outcomeOf(answer);
  const postWorks = tokensOf(answer.raw) !== undefined;
  // A server that does not read the body answers this, and has not used the code up.
  if (membersOf(answer.raw)['error'] === 'invalid_request') {
    answer = await send(token(codeGrant, 'GET'));
  }
  const tokens = tokensOf(answer.raw);
  if (tokens === undefined) {
    throw new Stop(
      `The authorization server gave no tokens: ${outcomeOf(answer)}. Check the application’s ID and key, and that it was saved with the permissions that you need.`,
    );
  }
  facts.me = tokens.user_id;
  return {
    answers: {
      'post-code': postWorks
        ? 'A code can be exchanged by a POST with a form.'
        : `A POST with a form is answered ${byPost}; GET works.`,
    },
  };
}

const refreshGrant = { grant_type: 'refresh_token' };
const refresh = token({ ...refreshGrant, refresh_token: '{{refresh_token}}' });

/** Requests that the authorization server refuses; none of them touches the tokens. */
const refusals: readonly (readonly [id: string, says: string, Parameters<typeof token>[0]])[] = [
  ['refresh-junk', 'A refresh token that nobody was given is sent.', { refresh_token: 'junk' }],
  ['refresh-nothing', 'A refresh without a refresh token is sent.', {}],
  [
    'wrong-secret',
    'A refresh with a wrong application key is sent.',
    { client_secret: 'x'.repeat(50), refresh_token: 'junk' },
  ],
  [
    'unknown-client',
    'A refresh for an application that does not exist is sent.',
    { client_id: 'local.00000000000000.00000000', refresh_token: 'junk' },
  ],
  ['no-grant', 'A token request without grant_type is sent.', { grant_type: '' }],
  [
    'other-grant',
    'A token request with grant_type “password” is sent.',
    { grant_type: 'password' },
  ],
  ['code-junk', 'A code that nobody was given is sent.', { ...codeGrant, code: 'junk' }],
];

export const tokenSteps: readonly Step[] = [
  ...refusals.map(([id, says, params]): Step => {
    const request = token({ ...refreshGrant, ...params });
    return { id, says, run: sending(request) };
  }),
  {
    id: 'refresh',
    says: 'The tokens are refreshed once.',
    run: sending(refresh),
  },
  {
    id: 'old-refresh',
    says: 'The refresh token that was just replaced is sent again.',
    run: async ({ send }) => {
      const again = await send(
        token({ ...refreshGrant, refresh_token: '{{previous_refresh_token}}' }),
      );
      const works = tokensOf(again.raw) !== undefined;
      return {
        state: { policy: works ? 'source' : 'strict' },
        answers: {
          'old-refresh': works
            ? 'A refresh token works again after it was replaced.'
            : `A refresh token that was replaced is answered ${outcomeOf(again)}.`,
        },
      };
    },
  },
];

/** A second sign-in, last: what it tries might end the tokens of a portal that is strict about codes. */
export const signInAgainSteps: readonly Step[] = [
  {
    id: 'sign-in-again',
    says: 'You sign in once more, with a state of 300 characters and a redirect_uri that differs from the handler by one parameter.',
    confirms: 'Do you have another minute for that?',
    run: async ({ send, facts }) => {
      const back = await send({
        to: 'signIn',
        params: {
          client_id: '{{client_id}}',
          state: '{{long_state}}',
          redirect_uri: '{{other_handler}}',
        },
      });
      facts.signedInAgain = arrivedWith(back.raw, 'code') !== undefined;
      return { answers: answersOfSecondSignIn(back) };
    },
  },
  {
    id: 'code-reuse',
    says: 'The new code is exchanged for tokens, and then sent a second time.',
    skip: ({ signedInAgain }) => (signedInAgain ? undefined : 'there is no new code'),
    run: async ({ send }) => {
      await send(token(codeGrant));
      const again = await send(token(codeGrant));
      const works = tokensOf(again.raw) !== undefined;
      return {
        state: { policy: works ? 'source' : 'strict' },
        answers: {
          'code-reuse': works
            ? 'A code works a second time within its 30 seconds.'
            : `A code works once; then the answer is ${outcomeOf(again)}.`,
        },
      };
    },
  },
];

function answersOfSecondSignIn({ raw }: Exchanged): Record<string, string> {
  if (arrivedWith(raw, 'code') === undefined) {
    return {
      'redirect-uri': 'Nobody came back from a sign-in with redirect_uri and a long state.',
    };
  }
  const isHonoured = arrivedWith(raw, 'verify') !== undefined;
  return {
    'redirect-uri': isHonoured
      ? 'redirect_uri is honoured: the browser came back to it.'
      : 'redirect_uri is ignored: the browser came back to the handler of the form.',
    // The listener and the pasting take an answer with the whole state only.
    'state-length': 'A state of 300 characters comes back whole.',
  };
}
