import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sandbox } from '../../../src/sandbox';
import { writeRecording } from '../../verify/recording';
import { steps } from '../../verify/steps';
import { temporaryFolder } from '../../support/temporaryFolder';
import {
  administrator,
  employee,
  peopleWithLongIds,
  Proxy,
  ScriptedPerson,
  startPortal,
  verifySandbox,
  type Passing,
} from './stage';

describe('verify-portal', () => {
  const folder = temporaryFolder();
  let sandbox: Sandbox;
  let proxy: Proxy | undefined;
  beforeEach(async () => {
    sandbox = await startPortal();
  });
  afterEach(async () => {
    proxy?.close();
    proxy = undefined;
    await sandbox.close();
  });

  const pushes = () => sandbox.snapshot().pushes;
  /** Who saw anything, pushes to unknown ids and nobody left out. */
  const reached = () =>
    new Set(pushes().flatMap(({ delivered, deferred }) => [...delivered, ...deferred]));

  it('finds no difference when the portal is a sandbox', async () => {
    const person = new ScriptedPerson();
    const { differences, recording } = await verifySandbox(sandbox, { person });
    assert.deepEqual(differences, []);
    assert.deepEqual(
      recording.steps.map(({ id }) => id),
      steps.map(({ id }) => id),
    );
    assert.deepEqual(
      recording.steps.filter(({ skipped }) => skipped !== undefined),
      [],
    );
    assert.equal(person.told.filter((line) => line === '  ✓ same').length, steps.length);
  });

  it('finds no difference for somebody who is no administrator, and sends no push then', async () => {
    const { differences, recording } = await verifySandbox(sandbox, { user: employee });
    assert.deepEqual(differences, []);
    assert.deepEqual(pushes(), []);
    const skipped = recording.steps.find(({ id }) => id === 'push-to-me')?.skipped;
    assert.equal(skipped, 'only an administrator may send pushes');
  });

  for (const [policy, answer] of [
    ['strict', 'A code works once; then the answer is 400 invalid_grant.'],
    ['source', 'A code works a second time within its 30 seconds.'],
  ] as const) {
    it(`finds no difference under the policy ${policy}, and says how often a code works`, async () => {
      sandbox.patchState({ policy });
      const { differences, recording } = await verifySandbox(sandbox);
      assert.deepEqual(differences, []);
      assert.equal(recording.answers['code-reuse'], answer);
    });
  }

  it('finds no difference where the application has no name and few permissions', async () => {
    sandbox.patchState({ appName: '', scopes: ['pull'] });
    const { differences, recording } = await verifySandbox(sandbox);
    assert.deepEqual(differences, []);
    const skipped = recording.steps
      .filter((step) => step.skipped !== undefined)
      .map(({ id }) => id);
    assert.deepEqual(skipped, [
      'user-page',
      'user-unknown',
      'push-unknown',
      'notify-empty',
      'notify-me',
    ]);
  });

  it('names exactly the three differences that were planted', async () => {
    proxy = await Proxy.start(sandbox, (passing) => {
      plantStatus(passing);
      plantCode(passing);
      plantShape(passing);
    });
    const { differences } = await verifySandbox(sandbox, { through: proxy });
    assert.deepEqual(differences, [
      { step: 'profile', sentence: 'result.ID: a number from the portal, text from the sandbox' },
      { step: 'no-token', sentence: 'status: 403 from the portal, 401 from the sandbox' },
      {
        step: 'wrong-secret',
        sentence: 'error: invalid_secret from the portal, invalid_client from the sandbox',
      },
    ]);
  });

  it('names an error text that differs', async () => {
    proxy = await Proxy.start(sandbox, ({ path: asked, body, answer }) => {
      if (asked === '/rest/pull.application.push.add' && body.includes('"TEXT":"0"')) {
        answer.text = answer.text.replace(/Text can.*empty/, 'Text is empty');
      }
    });
    const { differences } = await verifySandbox(sandbox, { through: proxy });
    assert.deepEqual(differences, [
      {
        step: 'push-text-zero',
        sentence:
          "error_description: Text is empty from the portal, Text can't be empty from the sandbox",
      },
    ]);
  });

  it('reaches nobody but the one who signed in', async () => {
    await verifySandbox(sandbox);
    assert.deepEqual([...reached()], [administrator]);
    assert.equal(pushes().filter(({ delivered }) => delivered.length > 0).length, 1);
  });

  it('sends no real push and no notification without a yes', async () => {
    const person = new ScriptedPerson((question) => (/phone/.test(question) ? '' : 'y'));
    const { recording } = await verifySandbox(sandbox, { person });
    assert.equal(reached().size, 0);
    const { requests } = sandbox.snapshot();
    const texts = requests.map(({ params }) => JSON.stringify(params));
    assert.deepEqual(
      texts.filter((text) => text.includes('"MESSAGE":"Check"')),
      [],
    );
    const skipped = recording.steps.filter((step) => step.skipped === 'you did not want it');
    assert.deepEqual(
      skipped.map(({ id }) => id),
      ['push-to-me', 'notify-me'],
    );
  });

  it('sends no push to an id that somebody has', async () => {
    proxy = await Proxy.start(sandbox, ({ body, answer }) => {
      if (body.includes('"FILTER":{"ID":')) {
        answer.text = answer.text.replace(
          '"result":[]',
          '"result":[{"ID":"2147483646","ACTIVE":true}]',
        );
      }
    });
    const { recording } = await verifySandbox(sandbox, { through: proxy });
    const skipped = recording.steps.find(({ id }) => id === 'push-unknown')?.skipped;
    assert.equal(skipped, 'it could not be made sure that nobody has this id');
  });

  it('sends no real push when profile names somebody else than the token', async () => {
    proxy = await Proxy.start(sandbox, ({ path: asked, answer }) => {
      if (asked === '/rest/profile') {
        answer.text = answer.text.replace(`"ID":"${administrator}"`, `"ID":"${employee}"`);
      }
    });
    await verifySandbox(sandbox, { through: proxy });
    assert.equal(reached().size, 0);
  });

  it('writes no secret, name, host, address or id', async () => {
    const verified = await verifySandbox(sandbox);
    const file = path.join(folder(), 'recording.json');
    const removed = await writeRecording(file, verified.recording, verified.secrets);
    const text = await readFile(file, 'utf8');
    const { portal, authServer, clientId, clientSecret, webhook } = sandbox.info;
    const hosts = [portal, authServer].map((origin) => new URL(origin));
    const secrets = [
      ...sandbox.issuedSecrets(),
      ...[clientId, clientSecret, webhook, sandbox.snapshot().state.appName],
      ...hosts.flatMap(({ host, port }) => [host, port, '127.0.0.1']),
      await memberId(),
    ];
    const people = peopleWithLongIds().people.flatMap(
      ({ id, firstName, lastName, position, email, mobile }) => [
        ...[String(id), firstName, lastName, position, email, mobile],
      ],
    );
    assert.ok(secrets.length > 15 && people.length === 72);
    assert.deepEqual(
      [...secrets, ...people, '.svg', 'localhost'].filter((known) => text.includes(known)),
      [],
    );
    // The last look is for mistakes of the redactor, of which none may be known.
    assert.equal(removed, 0);
  });

  it('goes on after a request without an answer, and says so', async () => {
    sandbox.addFaults({ method: 'user.admin', action: 'cut', when: 'before' });
    const person = new ScriptedPerson();
    const { recording, differences } = await verifySandbox(sandbox, { person });
    assert.equal(recording.steps.find(({ id }) => id === 'user-admin')?.skipped, 'no answer came');
    assert.deepEqual(differences, []);
    assert.equal(recording.steps.at(-1)?.id, steps.at(-1)?.id);
  });

  it('exchanges the code by GET where the authorization server does not read the body', async () => {
    // The sandbox behind the proxy has read it.
    sandbox.patchState({ policy: 'source' });
    proxy = await Proxy.start(sandbox, ({ path: asked, body, answer }) => {
      if (asked === '/oauth/token/' && body.includes('grant_type=authorization_code')) {
        Object.assign(answer, { status: 400, text: '{"error":"invalid_request"}' });
      }
    });
    const { recording, differences } = await verifySandbox(sandbox, { through: proxy });
    assert.equal(
      recording.answers['post-code'],
      'A POST with a form is answered 400 invalid_request; GET works.',
    );
    assert.ok(differences.every(({ step }) => step === 'token' || step.startsWith('code-')));
  });

  it('does no further step once the person has stopped it', async () => {
    const person = new ScriptedPerson(() => {
      person.stopped = true;
      return 'y';
    });
    const { recording } = await verifySandbox(sandbox, { person });
    assert.deepEqual(
      recording.steps.map(({ id }) => id),
      ['sign-in', 'token'],
    );
    assert.equal(person.told.at(-1), '\nYou stopped it.');
  });

  it('stops with a sentence when the application is refused, and keeps what it has', async () => {
    const refusal = { action: 'status', status: 400, error: 'invalid_client' } as const;
    sandbox.addFaults({ method: 'oauth.token', ...refusal });
    const person = new ScriptedPerson();
    const { recording } = await verifySandbox(sandbox, { person });
    assert.match(person.told.at(-1) ?? '', /gave no tokens: 400 invalid_client\. Check/);
    assert.deepEqual(
      recording.steps.map(({ id }) => id),
      ['sign-in', 'token'],
    );
  });

  it('stops when the portal answers under another address', async () => {
    const { portal, renamedPortal } = sandbox.info;
    assert.notEqual(portal, renamedPortal);
    proxy = await Proxy.start(sandbox, ({ path: asked }) => {
      if (asked === '/oauth/token/') {
        sandbox.patchState({ renamedTo: new URL(renamedPortal).host });
      }
    });
    const person = new ScriptedPerson();
    await verifySandbox(sandbox, { through: proxy, person });
    assert.match(person.told.at(-1) ?? '', /answers under another address: .*Start again/);
  });

  it('answers the open questions that the documentation says it answers', async () => {
    const { recording } = await verifySandbox(sandbox);
    const page = await readFile(path.join(__dirname, '../../../docs/bitrix24.md'), 'utf8');
    const section = page.slice(page.indexOf('## 11. Open questions'));
    const rows = [...section.matchAll(/^\| `([a-z-]+)` \|.*\| ([^|]+) \|$/gm)];
    const answered = rows.filter(([, , how]) => how !== 'not looked at').map(([, id]) => id);
    assert.ok(rows.length > answered.length);
    assert.deepEqual(answered.sort(), Object.keys(recording.answers).sort());
  });

  async function memberId(): Promise<string> {
    const { portal, clientId } = sandbox.info;
    const url = `${portal}/oauth/authorize/?client_id=${clientId}&sandbox_user=${administrator}`;
    const response = await fetch(url, { redirect: 'manual' });
    const id = new URL(response.headers.get('location')!).searchParams.get('member_id');
    assert.match(id!, /^[0-9a-f]{32}$/);
    return id!;
  }
});

function plantStatus({ path: asked, body, answer }: Passing): void {
  if (asked === '/rest/profile' && body === '{}') {
    answer.status = 403;
  }
}

function plantCode({ answer }: Passing): void {
  answer.text = answer.text.replace('invalid_client', 'invalid_secret');
}

function plantShape({ path: asked, answer }: Passing): void {
  if (asked === '/rest/profile') {
    answer.text = answer.text.replace(/"ID":"(\d+)"/, '"ID":$1');
  }
}
