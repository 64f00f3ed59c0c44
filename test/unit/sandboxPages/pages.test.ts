import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { SandboxApp, SandboxUser } from '../../../src/sandbox/controlApi';
import { errorPage } from '../../../src/sandbox/page/errorPage';
import { integrationEditPage } from '../../../src/sandbox/page/integrationEditPage';
import { integrationsListPage } from '../../../src/sandbox/page/integrationsListPage';
import { openApplicationPage } from '../../../src/sandbox/page/openApplicationPage';
import { phonesPage, type PhonesPageInput } from '../../../src/sandbox/page/phonesPage';
import { signInPage, type SignInPageInput } from '../../../src/sandbox/page/signInPage';
import { PageWords } from '../../../src/sandbox/page/client/pageWords';
import { russian } from '../../../src/sandbox/page/russian';
import { english, wordsFor } from '../../../src/sandbox/page/words';
import { sandboxUser } from './sandboxUser';

const hostile = `"><script>alert('1')</script><b title='x'>&amp;`;
const escaped =
  '&#34;&#62;&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#60;b title=&#39;x&#39;&#62;&#38;amp;';

const app: SandboxApp = {
  integrationId: 7,
  clientId: 'local.1',
  name: 'Deploy Bot',
  scopes: ['pull', 'user'],
  handler: 'http://localhost:24042/bitrix24-push',
  installPath: '',
  installed: true,
  registered: true,
};
const allScopes = [
  { code: 'pull', label: 'Pull&Push' },
  { code: 'user', label: 'Users' },
  { code: 'im', label: 'Chat and notifications' },
];

function editPage(change: Partial<Parameters<typeof integrationEditPage>[1]> = {}): string {
  return integrationEditPage(english, {
    app,
    clientSecret: 'key-1',
    allScopes,
    saved: false,
    error: null,
    ...change,
  });
}

const query = 'client_id=local.1&state=s';

function signIn(users: SandboxUser[], change: Partial<SignInPageInput> = {}): string {
  return signInPage(english, {
    users,
    matching: users.length,
    find: '',
    appName: 'Bot',
    query,
    ...change,
  });
}

function phones(change: Partial<PhonesPageInput> = {}): string {
  return phonesPage(english, {
    controlPath: '/sandbox/api',
    renamedHost: 'localhost:1',
    authServer: 'http://localhost:2',
    controlOrigin: 'http://localhost:3',
    ...change,
  });
}

/** The tag `name` whose attributes contain `part`. */
function tag(page: string, name: string, part: string): string {
  const found = [...page.matchAll(new RegExp(`<${name}\\b[^>]*>`, 'g'))].filter(([text]) =>
    text.includes(part),
  );
  assert.equal(found.length, 1, `one <${name}> with ${part}`);
  return found[0]?.[0] ?? '';
}

const frame = {
  address: 'http://127.0.0.1:1/app?LANG=en',
  fields: { AUTH_ID: 'token' },
  isLoopback: true,
};

const everyPage: [string, string][] = [
  ['sign-in', signIn([sandboxUser({ id: 1 })])],
  ['error', errorPage(english, { title: 'Application not found', text: 'No such application.' })],
  [
    'integrations',
    integrationsListPage(english, { app, userName: 'Anna', openers: [sandboxUser({ id: 1 })] }),
  ],
  ['form', editPage()],
  ['open', openApplicationPage(english, { frame, personName: 'Anna' })],
  ['phones', phones()],
];

describe('every page of the sandbox portal', () => {
  for (const [name, page] of everyPage) {
    it(`${name}: is a whole page that fetches nothing from elsewhere`, () => {
      assert.match(page, /^<!doctype html>/);
      assert.match(page, /<\/html>\s*$/);
      assert.doesNotMatch(page, /<script[^>]+src=|@import|url\(/);
      assert.doesNotMatch(page, /<link[^>]+href="(?!data:)/);
    });

    it(`${name}: has a policy that lets its own style and script run, and no others`, () => {
      const policy = tag(page, 'meta', 'Content-Security-Policy');
      assert.match(policy, /default-src &#39;none&#39;/);
      assert.doesNotMatch(policy, /unsafe/);
      for (const [kind, pattern] of [
        ['style', /<style>([^]*?)<\/style>/g],
        ['script', /<script>([^]*?)<\/script>/g],
      ] as const) {
        for (const [, text] of page.matchAll(pattern)) {
          const hash = createHash('sha256')
            .update(text ?? '')
            .digest('base64');
          assert.ok(policy.includes(`${kind}-src &#39;sha256-${hash}&#39;`), `${kind} is allowed`);
        }
      }
    });
  }
});

describe('the language of the pages (trial 8, words to mend)', () => {
  it('is the one that the browser prefers, of English and Russian', () => {
    const languages = (accepted: string | undefined) => wordsFor(accepted).language;
    assert.equal(languages('ru-RU,ru;q=0.9,en;q=0.8'), 'ru');
    assert.equal(languages('de-DE, ru;q=0.8, en;q=0.5'), 'ru');
    assert.equal(languages('en-GB,ru;q=0.5'), 'en');
    assert.equal(languages('de'), 'en');
    assert.equal(languages(undefined), 'en');
  });

  it('has every sentence of every page in Russian', () => {
    const missing = new Set<string>();
    const translations = new Proxy(russian, {
      get: (table, key: string) => {
        if (table[key] === undefined) {
          missing.add(key);
        }
        return table[key];
      },
    });
    const words = new PageWords('ru', translations);
    const user = sandboxUser({ id: 1, admin: true, extranet: true, appAccess: false });
    const input = { users: [user], matching: 2, find: 'x', appName: '', query };
    const pages = [
      signInPage(words, input),
      signInPage(words, { ...input, users: [], matching: 0 }),
      errorPage(words, { title: '', text: '' }),
      integrationsListPage(words, { app: { ...app, name: '' }, userName: '', openers: [user] }),
      integrationEditPage(words, {
        ...{ app: { ...app, name: '' }, clientSecret: '', allScopes, saved: true, error: null },
      }),
      openApplicationPage(words, { frame: { ...frame, isLoopback: false }, personName: '' }),
      phonesPage(words, { controlPath: '', renamedHost: '', authServer: '', controlOrigin: '' }),
    ];
    // Error codes and names of Bitrix24 are the same in each language; `toJSON` is asked for by JSON.stringify.
    const isName = (text: string) => /^(?:toJSON|Pull&Push|CRM|wrong_client|[A-Z_, ]+)$/.test(text);
    assert.deepEqual(
      [...missing].filter((text) => !isName(text)),
      [],
    );
    for (const page of pages) {
      assert.match(page, /<html lang="ru">/);
    }
  });

  it('counts as Russian does', () => {
    const words = new PageWords('ru', russian);
    const counted = [1, 2, 5, 21, 1500].map((n) => words.count('{0} byte|{0} bytes', n));
    assert.deepEqual(counted, ['1 байт', '2 байта', '5 байт', '21 байт', '1\u00a0500 байт']);
    assert.equal(english.count('{0} byte|{0} bytes', 1500), '1,500 bytes');
  });
});

describe('signInPage', () => {
  it('links each person to the same request with their id', () => {
    const page = signIn([sandboxUser({ id: 1 }), sandboxUser({ id: 22 })]);
    assert.ok(page.includes('href="?client_id=local.1&#38;state=s&#38;sandbox_user=1"'));
    assert.ok(page.includes('href="?client_id=local.1&#38;state=s&#38;sandbox_user=22"'));
  });

  it('links people also when the request has no query', () => {
    const page = signIn([sandboxUser({ id: 1 })], { query: '' });
    assert.ok(page.includes('href="?sandbox_user=1"'));
  });

  it('marks administrators', () => {
    const [, first, second] = signIn([
      sandboxUser({ id: 1, admin: true }),
      sandboxUser({ id: 2 }),
    ]).split('<li ');
    assert.match(first ?? '', /administrator/);
    assert.doesNotMatch(second ?? '', /administrator/);
  });

  it('offers to find people only when not all are listed', () => {
    const users = [sandboxUser({ id: 1 })];
    assert.doesNotMatch(signIn(users), /<form/);
    const searched = `${query}&sandbox_find=old`;
    const page = signIn(users, { query: searched, matching: 100, find: hostile });
    assert.ok(!page.includes(hostile));
    assert.match(tag(page, 'input', 'name="sandbox_find"'), /value="&#34;&#62;/);
    assert.match(tag(page, 'input', 'name="state"'), /type="hidden" name="state" value="s"/);
    assert.match(page, /first 1 of 100 people/);
    assert.ok(page.includes('href="?client_id=local.1&#38;state=s&#38;sandbox_user=1"'));
    assert.match(signIn([], { query: searched, find: 'x' }), /Nobody matches/);
  });

  it('shows dismissed people without a link', () => {
    const page = signIn([sandboxUser({ id: 4, name: 'Gone', active: false })]);
    assert.match(page, /Gone/);
    assert.match(page, /aria-disabled="true"/);
    assert.doesNotMatch(page, /sandbox_user=4/);
  });

  it('escapes names, positions, the application and the query', () => {
    const page = signIn([sandboxUser({ id: 1, name: hostile, position: hostile })], {
      query: `state=${hostile}`,
      appName: hostile,
    });
    assert.ok(!page.includes(hostile));
    assert.equal(page.split(escaped).length - 1, 4);
  });
});

describe('errorPage', () => {
  it('escapes its title and text', () => {
    const page = errorPage(english, { title: hostile, text: hostile });
    assert.ok(!page.includes(hostile));
    assert.equal(page.split(escaped).length - 1, 3);
  });
});

describe('integrationsListPage', () => {
  it("has the portal's columns and leads to the form", () => {
    const page = integrationsListPage(english, { app, userName: 'Анна Петрова', openers: [] });
    const columns = [...page.matchAll(/<th scope="col">([^<]*)<\/th>/g)].map(([, text]) => text);
    assert.deepEqual(columns, ['ID', 'User', 'Name', 'Scope', 'Events', 'Widgets']);
    assert.ok(page.includes('href="/devops/edit/application/7/"'));
    assert.match(page, /Анна Петрова/);
    assert.match(page, /pull, user/);
  });

  it('can be followed when the application has no name', () => {
    const page = integrationsListPage(english, {
      app: { ...app, name: '' },
      userName: 'Anna',
      openers: [],
    });
    assert.match(page, /<a href="\/devops\/edit\/application\/7\/">\(no name\)<\/a>/);
  });

  it('escapes what it shows', () => {
    const page = integrationsListPage(english, {
      app: { ...app, name: hostile, scopes: [hostile] },
      userName: hostile,
      openers: [sandboxUser({ id: 1, name: hostile })],
    });
    assert.ok(!page.includes(hostile));
  });
});

describe('integrationEditPage', () => {
  it("posts the portal's field names to its own address", () => {
    const page = editPage();
    const form = tag(page, 'form', 'method');
    assert.match(form, /method="post"/);
    assert.doesNotMatch(form, /action=/);
    assert.match(tag(page, 'input', 'name="TITLE"'), /value="Deploy Bot"/);
    const handler = tag(page, 'input', 'name="APPLICATION_URL_HANDLER"');
    assert.match(handler, /type="url"/);
    assert.match(handler, /value="http:\/\/localhost:24042\/bitrix24-push"/);
    assert.match(handler, /\brequired\b/);
  });

  it("lets the browser say where the form comes from, so that the portal can refuse others' forms", () => {
    // With no-referrer, browsers send `Origin: null`, and the form's own portal refused it.
    assert.match(tag(editPage(), 'meta', 'name="referrer"'), /content="same-origin"/);
  });

  it('lets a blank title be saved, as a portal does', () => {
    assert.doesNotMatch(tag(editPage(), 'input', 'name="TITLE"'), /required/);
  });

  it('checks the permissions that the application has, and keeps those it does not know', () => {
    const page = editPage({ app: { ...app, scopes: ['pull', 'crm'] } });
    const checked = [...page.matchAll(/<input[^>]*name="SCOPE\[\]"[^>]*>/g)].map(([text]) => [
      /value="([^"]*)"/.exec(text)?.[1],
      / checked\b/.test(text),
    ]);
    assert.deepEqual(checked, [
      ['pull', true],
      ['user', false],
      ['im', false],
      ['crm', true],
    ]);
    assert.match(page, /Pull&#38;Push/);
  });

  it('labels every field', () => {
    const page = editPage();
    for (const id of ['title', 'handler', 'install-path', 'client-id', 'client-secret']) {
      tag(page, 'label', `for="${id}"`);
      tag(page, 'input', `id="${id}"`);
    }
  });

  it('hides the application key until asked, and never sends it back', () => {
    const field = tag(editPage(), 'input', 'id="client-secret"');
    assert.match(field, /type="password"/);
    assert.match(field, /value="key-1"/);
    assert.doesNotMatch(field, /\bname=/);
  });

  it('says what became of saving', () => {
    assert.doesNotMatch(editPage(), /role="(status|alert)"/);
    assert.match(editPage({ saved: true }), /role="status"/);
    assert.match(editPage({ error: 'No permissions' }), /role="alert">\s*No permissions/);
  });

  it('escapes what it shows', () => {
    const page = editPage({
      app: { ...app, name: hostile, handler: hostile, clientId: hostile, scopes: [hostile] },
      clientSecret: hostile,
      allScopes: [{ code: hostile, label: hostile }],
      error: hostile,
    });
    assert.ok(!page.includes(hostile));
  });
});

describe('openApplicationPage', () => {
  it('escapes the address, the fields and the name', () => {
    const page = openApplicationPage(english, {
      frame: {
        address: `http://127.0.0.1/?x=${encodeURIComponent(hostile)}'"<`,
        fields: { [hostile]: hostile },
        isLoopback: false,
      },
      personName: hostile,
    });
    assert.ok(!page.includes(hostile));
    assert.ok(!page.includes(`'"<`));
  });
});

describe('phonesPage', () => {
  it('tells its script where the control API and the renamed portal are', () => {
    const element = tag(phones(), 'div', 'id="page"');
    assert.match(element, /data-control="\/sandbox\/api"/);
    assert.match(element, /data-renamed-host="localhost:1"/);
  });

  it('lets its script speak to its own origin only', () => {
    assert.match(tag(phones(), 'meta', 'Content-Security-Policy'), /connect-src &#39;self&#39;;/);
  });

  it('escapes the addresses that it is given', () => {
    assert.ok(!phones({ controlPath: hostile, renamedHost: hostile }).includes(hostile));
  });
});
