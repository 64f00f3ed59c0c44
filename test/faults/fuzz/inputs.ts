import assert from 'node:assert/strict';
import { connect } from 'node:net';
import fc from 'fast-check';
import { handlerPath } from '../../../src/accounts/loopbackListener';
import { listenForCallback } from '../../../src/accounts/loopbackListener';
import { judgePaste } from '../../../src/accounts/browserAnswer';
import { parseCallback } from '../../../src/bitrix24/callback';
import { parsePortalAddress } from '../../../src/bitrix24/portalAddress';
import { historyKeep } from '../../../src/push/pushHistory';
import { parseGroups } from '../../../src/people/groups';
import { plainLabel, plainText } from '../../../src/common/plainText';
import { linkLimits, parseComposeLink } from '../../../src/compose/composeLink';
import { limits, parseFromForm, parseToForm } from '../../../src/form/protocol';
import {
  mustConfirm,
  mustTypeCount,
  strictestCount,
  strictestPolicy,
} from '../../../src/push/confirmPolicy';
import { openedForm } from './openedForm';
import type { FuzzProperty } from './property';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
);

// ── deep links

const linkText = fc.oneof(
  anyText,
  fc.constantFrom('R&D', 'a=b', '100%', '%26', '+', 'text=', '{name}'),
);
const links: FuzzProperty = {
  name: 'links into the form',
  weight: 15,
  open: () => {
    const part = fc.oneof(
      fc.constantFrom('to=3,5', 'to=', 'to=bob', 'to=0', 'portal=acme', 'portal=http://x.example'),
      fc.constantFrom(
        'text=hi',
        'send=1',
        'windowId=1',
        'avatar=https://x/y.png',
        'text=',
        '&',
        '=',
      ),
      anyText,
    );
    const query = fc.oneof(
      fc.array(part, { maxLength: 5 }).map((parts) => parts.join('&')),
      anyText,
    );
    const path = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('/compose', '/compose/') },
      anyText,
    );
    return {
      property: fc.property(path, query, linkText, (path, query, text) => {
        const parsed = parseComposeLink(path, query);
        if (parsed.ok) {
          const { link } = parsed;
          assert.ok(path.startsWith('/compose'));
          assert.ok(link.text.length <= linkLimits.text && query.includes(link.text));
          assert.ok(link.to.every((id) => Number.isSafeInteger(id) && id > 0));
          assert.equal(new Set(link.to).size, link.to.length);
          // Whoever is named stands in the link, in so many words.
          assert.ok(link.to.every((id) => query.includes(String(id))));
          assert.ok(link.portal === undefined || !/[/@\s]/.test(link.portal));
        }
        // What was written comes out whole, unless it ends like a parameter.
        if (text.trim() !== '' && !/&(?:to|portal|windowId)=[^&]*$/.test(text)) {
          const good = parseComposeLink('/compose', `to=3&text=${text}`);
          assert.deepEqual(good.ok && [good.link.text, good.link.to], [text, [3]]);
        }
      }),
    };
  },
};

// ── callback requests

const state = 'the-right-state-0123456789';
const canary = 'canary7';
const requestLine = fc.oneof(
  fc.record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'get', 'X'),
    target: fc.oneof(
      fc
        .array(
          fc.constantFrom(
            ...['code=abcd', 'code=', `state=${state}`, 'state=other', `state=${state}x`, canary],
            ...[`domain=${canary}.example`, 'scope=pull', '%00', 'code=a&code=b', 'state=%ff'],
          ),
          { maxLength: 5 },
        )
        .map((parts) => `${handlerPath}?${parts.join('&')}`),
      fc.constantFrom('/', '//', '*', `http://localhost${handlerPath}?code=a&state=${state}`, '/%'),
      fc.webPath().map((path) => `${path}${canary}`),
    ),
    host: fc.constantFrom('ours', 'ours', 'ours', 'evil.example', 'localhost', '127.0.0.1:1', ''),
  }),
);
const callbacks: FuzzProperty = {
  name: 'requests to the sign-in listener',
  weight: 6,
  open: async () => {
    const page = { title: 'T', text: 'T' };
    const pages = {
      language: 'en',
      done: page,
      refused: page,
      otherSignIn: page,
      alreadyUsed: page,
      notForPeople: page,
    };
    const log = { debug: keep, info: keep, warn: keep, error: keep };
    const logged: string[] = [];
    function keep(line: string): void {
      logged.push(line);
    }
    const open = () => listenForCallback({ port: 0, state, pages, timeoutMs: 600_000, log });
    let listener = await open();
    return {
      property: fc.asyncProperty(requestLine, async ({ method, target, host }) => {
        const { port } = listener;
        const named = host === 'ours' ? `localhost:${port}` : host;
        const reply = await say(
          port,
          `${method} ${target} HTTP/1.1\r\nHost: ${named}\r\nUser-Agent: ${canary}\r\n\r\n`,
        );
        assert.ok(!reply.includes(canary) && !reply.includes(state), 'the request is repeated');
        const accepted = reply.startsWith('HTTP/1.1 200');
        const query = new URLSearchParams(target.slice(target.indexOf('?') + 1));
        const right =
          method === 'GET' &&
          host === 'ours' &&
          isHandler(target) &&
          query.getAll('error').length === 0 &&
          query.getAll('code').length === 1 &&
          query.get('code') !== '' &&
          query.getAll('state').length === 1 &&
          query.get('state') === state;
        assert.equal(accepted, right, reply.slice(0, 60));
        if (accepted) {
          assert.ok(await listener.answer);
          listener = await open();
        }
        assert.ok(!logged.splice(0).some((line) => line.includes(canary) || line.includes(state)));
      }),
      close: () => listener.dispose(),
    };
  },
};

/** The handler's path is typed by hand into Bitrix24: its letters and digits count. */
function isHandler(target: string): boolean {
  const letters = (text: string) => text.toLowerCase().replace(/%[0-9a-f]{2}|[^a-z0-9]/g, '');
  return (
    target.startsWith('/') &&
    URL.canParse(`http://localhost${target}`) &&
    letters(new URL(`http://localhost${target}`).pathname) === letters(handlerPath)
  );
}

function say(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let reply = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (reply += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(reply));
    socket.write(request, 'latin1');
  });
}

const pasted: FuzzProperty = {
  name: 'what is pasted as an answer or a portal',
  weight: 10,
  open: () => ({
    property: fc.property(
      fc.oneof(
        anyText,
        fc
          .array(
            fc.constantFrom(
              ...[
                'https://localhost:24042/bitrix24-push?',
                'code=abcdef',
                '&',
                '?',
                '#',
                ' ',
                '\n',
              ],
              ...[`state=${state}`, 'state=x', 'domain=acme.bitrix24.com', 'domain=evil.example'],
              ...['member_id=1', 'server_domain=evil.example', '&amp;', '<', '"'],
            ),
            { maxLength: 8 },
          )
          .map((parts) => parts.join('')),
      ),
      (text) => {
        const portal = 'https://acme.bitrix24.com';
        const verdict = judgePaste(text, { portal, state });
        const callback = parseCallback(text);
        if (verdict === 'answer') {
          assert.ok(callback?.state === state);
          assert.ok(callback.domain === undefined || callback.domain === 'acme.bitrix24.com');
        } else if (verdict === 'bareCode') {
          assert.match(callback?.code ?? '', /^[\w.~-]{4,255}$/);
        }
        const address = parsePortalAddress(text);
        if (address.ok) {
          const url = new URL(address.origin);
          assert.equal(url.origin, address.origin);
          assert.ok(url.protocol === 'https:' || /^(localhost|127\.|\[::1\])/.test(url.hostname));
        }
      },
    ),
  }),
};

// ── what is shown

const shown: FuzzProperty = {
  name: 'text from elsewhere in messages and labels',
  weight: 10,
  open: () => ({
    property: fc.property(
      fc.oneof(
        anyText,
        fc
          .array(
            fc.constantFrom(
              ...[
                '[a]',
                '(command:x)',
                '](',
                ']',
                '(',
                'command',
                ':',
                'https://x',
                '$(bell)',
                '$(',
              ],
              ...['\\', '\n', '\u202e', '\u2066', '\u200b', '\ud83d', 'file:', '\0', '\u001b[31m'],
            ),
            { maxLength: 12 },
          )
          .map((parts) => parts.join('')),
      ),
      fc.integer({ min: 1, max: 400 }),
      (text, atMost) => {
        const plain = plainText(text, atMost);
        // VS Code's own pattern of a link in a message.
        assert.ok(!/\[[^\]]+\]\((?:https?:\/\/|command:|file:)[^)\s]+/i.test(plain), plain);
        assert.ok(!/command:/i.test(plain), plain);
        assert.ok(!/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b]/u.test(plain), plain);
        assert.ok(!/\p{Surrogate}/u.test(plain));
        const label = plainLabel(text);
        // And of an icon in a label: only with a backslash before it is it drawn as it is.
        assert.ok(!/(?<!\\)\$\([a-z]/i.test(label), label);
        assert.ok(!/[\p{Cc}\p{Surrogate}\u202a-\u202e\u2066-\u2069\u200b]/u.test(label), label);
      },
    ),
  }),
};

// ── settings

const settings: FuzzProperty = {
  name: 'settings of any shape',
  weight: 8,
  open: () => ({
    property: fc.property(
      fc.oneof(fc.anything(), fc.constantFrom('always', 'several', 'never', 0, -1, NaN)),
      fc.integer({ min: 1, max: 100_000 }),
      (setting, people) => {
        const asks = mustConfirm(strictestPolicy([setting]), people);
        assert.ok(asks || people === 1 || setting === 'never', 'nobody asked');
        const types = mustTypeCount(strictestCount([setting]), people);
        const limit = typeof setting === 'number' && setting >= 0 ? Math.max(1, setting) : 100;
        assert.equal(types, people > limit);
        assert.ok(['all', 'outcomes', 'none'].includes(historyKeep(setting)));
        const groupsOf = (value: unknown) =>
          parseGroups(value, 'acme.example', 'user', () => undefined);
        for (const group of groupsOf({ 'acme.example': setting })) {
          const ids = [...group.people, ...group.departments.map(({ id }) => id)];
          assert.ok(ids.every((id) => Number.isSafeInteger(id) && id > 0));
        }
        groupsOf(setting);
      },
    ),
  }),
};

// ── messages of the page

const person = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 50 }) }, fc.anything());
const written = fc.record({
  recipients: fc.oneof({ weight: 6, arbitrary: fc.array(person, { maxLength: 4 }) }, fc.anything()),
  text: fc.oneof(
    fc.string(),
    fc.constantFrom('hi', 'Hi {name}', 'Hi {nmae}', '{', ''),
    fc.anything(),
  ),
  mode: fc.constantFrom<unknown>('literal', 'personal', 'personal', 'html', undefined),
  avatar: fc.oneof(
    fc.constant(''),
    fc.constantFrom('https://x.example/a.png', 'javascript:x'),
    fc.anything(),
  ),
});
const number = fc.oneof({ weight: 8, arbitrary: fc.nat(3) }, fc.anything());
const message = fc.oneof(
  fc.record({ type: fc.constant('ready') }),
  fc.record({ type: fc.constant('edit'), generation: number, edit: number, written }),
  fc.record({
    ...{ type: fc.constant('send'), id: number, generation: number, edit: number, written },
    to: fc.constantFrom('recipients', 'me', 'all'),
  }),
  fc.record({
    type: fc.constant('search'),
    id: number,
    query: fc.oneof(fc.string(), fc.anything()),
  }),
  fc.record({
    type: fc.constant('kept'),
    id: number,
    action: fc.constantFrom('restore', 'forget', 'x'),
    key: number,
  }),
  fc.record({
    type: fc.constant('fix'),
    id: number,
    fix: fc.oneof(
      fc.constantFrom('tryAgain', 'sendAnyway', 'signIn', '__proto__', 'constructor'),
      fc.anything(),
    ),
  }),
  fc.record({
    type: fc.constant('command'),
    id: number,
    command: fc.oneof(
      fc.constantFrom('signIn', 'sandbox', 'workbench.action.quit', 'toString'),
      fc.anything(),
    ),
  }),
  fc.record({ type: fc.constant('cancel') }),
  fc.record({ type: fc.constant('fault'), where: fc.anything() }),
  fc.anything(),
);
const messages: FuzzProperty = {
  name: 'messages of the form’s page',
  weight: 12,
  open: () => ({
    property: fc.property(message, (data) => {
      const read = parseFromForm(data);
      if (read && 'written' in read) {
        const { text, avatar, recipients } = read.written;
        assert.ok(text.length <= limits.text && avatar.length <= limits.avatar);
        assert.ok((recipients ?? []).every((id) => Number.isSafeInteger(id) && id > 0));
      }
      parseToForm(data);
    }),
  }),
};

const conversations: FuzzProperty = {
  name: 'conversations with the form',
  weight: 2,
  open: async () => {
    const form = await openedForm();
    return {
      property: fc.asyncProperty(fc.array(message, { maxLength: 8 }), async (all) => {
        await form.restart();
        for (const data of all) {
          await form.controller.receive(data);
        }
        const asked = all.map(parseFromForm).filter((read) => read?.type === 'send');
        assert.ok(form.sent.length <= asked.length, 'sent without being asked');
        for (const { recipients } of form.sent) {
          assert.ok(recipients.every(({ id }) => Number.isSafeInteger(id) && id > 0));
        }
        assert.ok(form.ran.every((command) => ['signIn', 'sandbox'].includes(command)));
      }),
      close: () => form.close(),
    };
  },
};

export const inputProperties = [links, callbacks, pasted, shown, settings, messages, conversations];
