// Signs in to the sandbox, sends a push as an application does, and looks at what arrived.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const sandbox = JSON.parse(readFileSync('sandbox.json', 'utf8'));

// A browser would be asked who signs in; sandbox_user answers for it. 1 is an administrator, who may send pushes.
const authorize = new URL('/oauth/authorize/', sandbox.portal);
authorize.search = new URLSearchParams({
  client_id: sandbox.clientId,
  state: 'x',
  sandbox_user: 1,
});
const redirect = await fetch(authorize, { redirect: 'manual' });
const code = new URL(redirect.headers.get('location')).searchParams.get('code');

const exchange = await fetch(new URL('/oauth/token/', sandbox.authServer), {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
    code,
  }),
});
const tokens = await exchange.json();

// From here on it is your application's turn.
const push = await fetch(`${tokens.client_endpoint}pull.application.push.add`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ auth: tokens.access_token, USER_ID: [1, 3], TEXT: 'Order 42 is ready' }),
});
assert.deepEqual((await push.json()).result, true);

// A real portal tells a sender nothing but `true`. The sandbox also tells what became of the push.
const pushes = await (await fetch(`${sandbox.control}/pushes`)).json();
const last = pushes.at(-1);
assert.equal(last.text, 'Order 42 is ready');
assert.deepEqual(last.delivered, [1]);
assert.deepEqual(last.dropped, [{ id: 3, reason: 'desktopOpen' }]);

// The next call meets a full bucket, as in a portal that is called too often.
await fetch(`${sandbox.control}/state`, {
  method: 'PATCH',
  body: JSON.stringify({ bucket: { level: 50 } }),
});
const refused = await fetch(`${tokens.client_endpoint}profile?auth=${tokens.access_token}`);
assert.equal(refused.status, 503);
assert.equal((await refused.json()).error, 'QUERY_LIMIT_EXCEEDED');
await fetch(`${sandbox.control}/reset`, { method: 'POST' });
console.log('The push arrived.');
