// @ts-check
// The JS SDK (@bitrix24/b24jssdk), unmodified, as a process of its own, because Node.js reads NODE_EXTRA_CA_CERTS at its
// start only. Environment: SANDBOX (the JSON line of the sandbox), TOKENS (the answer of a sign-in). Prints one line.
import process from 'node:process';
import { B24Hook, B24OAuth, EnumAppStatus } from '@bitrix24/b24jssdk';

const sandbox = JSON.parse(process.env['SANDBOX'] ?? '');
const tokens = JSON.parse(process.env['TOKENS'] ?? '');

const oauth = new B24OAuth(
  {
    applicationToken: '',
    userId: tokens.user_id,
    memberId: tokens.member_id,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expires: tokens.expires,
    expiresIn: tokens.expires_in,
    scope: tokens.scope,
    domain: new URL(tokens.client_endpoint).host,
    clientEndpoint: tokens.client_endpoint,
    serverEndpoint: tokens.server_endpoint,
    status: EnumAppStatus.Local,
  },
  { clientId: sandbox.clientId, clientSecret: sandbox.clientSecret },
);
const hook = B24Hook.fromWebhookUrl(sandbox.webhook);

/**
 * @param {B24OAuth | B24Hook} client
 * @param {string} method
 * @param {Record<string, unknown>} [params]
 */
async function call(client, method, params = {}) {
  client.offClientSideWarning();
  const result = await client.actions.v2.call.make({ method, params });
  return result.isSuccess ? result.getData() : result.getErrorMessages();
}

/** @param {B24OAuth | B24Hook} client */
async function batch(client) {
  const result = await client.actions.v2.batch.make({
    calls: { me: { method: 'profile' }, people: { method: 'user.get', params: { ID: [1, 2] } } },
    options: { isHaltOnError: true },
  });
  return result.getData();
}

const push = { USER_ID: [1, 2], TEXT: 'From the JS SDK' };
const said = {
  call: await call(oauth, 'profile'),
  batch: await batch(oauth),
  push: await call(oauth, 'pull.application.push.add', push),
};
// Another clock at the portal makes the token expire; the client has to renew it by itself.
await fetch(`${sandbox.control}/state`, { method: 'PATCH', body: '{"clockOffset":3700}' });
const refreshed = await call(oauth, 'profile');
await fetch(`${sandbox.control}/state`, { method: 'PATCH', body: '{"clockOffset":0}' });
const webhook = { call: await call(hook, 'profile'), batch: await batch(hook) };
const webhookPush = await call(hook, 'pull.application.push.add', push).catch(({ code }) => code);
console.log(JSON.stringify({ ...said, refreshed, webhook, webhookPush }));
