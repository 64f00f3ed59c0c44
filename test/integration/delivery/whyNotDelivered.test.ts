import assert from 'node:assert/strict';
import { EventEmitter, window } from 'vscode';
import type { WebviewPanel } from 'vscode';
import type { Account } from '../../../src/accounts/account';
import type { SetupResult } from '../../../src/accounts/setupCheck';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { DeliveryFact, DeliveryScope } from '../../../src/bitrix24/presence';
import { silentLog } from '../../support/silentLog';
import { AcceptedStatus } from '../../../src/delivery/acceptedStatus';
import type { DeliveryCheck } from '../../../src/delivery/deliveryRules';
import { createDeliverySentence, deliverySummary, hintText } from '../../../src/delivery/hintText';
import { pickPerson } from '../../../src/delivery/personPicker';
import { WhyNotDelivered } from '../../../src/delivery/whyNotDelivered';
import type { Recipient } from '../../../src/people/recipient';
import { ManualClock } from '../../support/manualClock';
import { WatchedInputs, active, press } from '../compose/watchedInputs';
import { until } from '../../support/until';

const account = {
  id: 'acme:1',
  host: 'acme.example',
  portal: 'https://acme.example',
  userId: 1,
  userName: 'Anna',
} as Account;
const oleg = { id: 4, name: 'Oleg' };
const offline = new Bitrix24Error({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });

describe('the page "Why didn’t it arrive?"', () => {
  let panels: WebviewPanel[];
  let setup: SetupResult;
  let fact: DeliveryFact | Bitrix24Error;
  let missing: DeliveryScope[];
  let picked: Recipient | undefined;
  let ran: string[];
  let page: WhyNotDelivered;
  let post: (message: unknown) => void;

  beforeEach(() => {
    panels = [];
    setup = { kind: 'ready', people: true };
    fact = { id: 4, name: 'Oleg Lavrov <b>', active: false };
    missing = [];
    picked = oleg;
    ran = [];
    page = new WhyNotDelivered({
      hints: {
        ask: (_, ids) =>
          fact instanceof Error
            ? Promise.reject(fact)
            : Promise.resolve(new Map(ids.map((id) => [id, { ...(fact as DeliveryFact), id }]))),
        missingScopes: () => missing,
      },
      checkSetup: () => Promise.resolve(setup),
      describe: (trouble) => `Trouble: ${trouble instanceof Error ? trouble.name : trouble.kind}`,
      pickPerson: () => Promise.resolve(picked),
      run: {
        permissions: () => Promise.resolve(ran.push('permissions')),
        setup: () => Promise.resolve(ran.push('setup')),
      },
      clock: new ManualClock(),
      log: silentLog,
      createPanel: (viewType, title, show, options) => {
        const panel = window.createWebviewPanel(viewType, title, show, options);
        panels.push(panel);
        // What the page posts, a test posts.
        const messages = new EventEmitter<unknown>();
        post = (message) => messages.fire(message);
        const webview = new Proxy(panel.webview, {
          get: (target, key): unknown =>
            key === 'onDidReceiveMessage' ? messages.event : Reflect.get(target, key, target),
          set: (target, key, value) => Reflect.set(target, key, value, target),
        });
        return new Proxy(panel, {
          get: (target, key): unknown => {
            const value: unknown = key === 'webview' ? webview : Reflect.get(target, key, target);
            return typeof value === 'function'
              ? (value as (...all: unknown[]) => unknown).bind(target)
              : value;
          },
          set: (target, key, value) => Reflect.set(target, key, value, target),
        });
      },
    });
  });

  afterEach(() => page.dispose());

  const html = () => panels.at(-1)?.webview.html ?? '';

  it('asks who, and tells a certain cause first, with the name that the portal gives', async () => {
    await page.open(account);
    assert.equal(panels.length, 1);
    assert.equal(panels[0]?.title, 'Why a push to Oleg Lavrov <b> may not arrive');
    assert.match(html(), /class="verdict certain">The person was dismissed\./);
    assert.match(html(), /Oleg Lavrov &#60;b&#62;/);
    assert.ok(!html().includes('<b>'));
    assert.match(html(), /acme\.example, checked as Anna at /);
  });

  it('opens nothing when nobody was chosen', async () => {
    picked = undefined;
    await page.open(account);
    assert.equal(panels.length, 0);
  });

  it('says when the portal cannot be asked, and finds out when it is asked again', async () => {
    fact = offline;
    setup = { kind: 'refused', error: offline };
    await page.show(account, oleg);
    assert.match(html(), /class="verdict unchecked">Trouble: Bitrix24Error/);
    assert.ok(!html().includes('class="certain"'));

    fact = { id: 4, active: true, mobileAt: 0, desktopAt: null, activityAt: 0 };
    setup = { kind: 'ready', people: true };
    post({ type: 'run', action: 'again' });
    await until(() => html().includes('May be the cause'), 'the new answer');
    assert.match(html(), /A push to Oleg may not be shown at the moment\./);
    assert.match(html(), /<button data-action="again" data-focus>/);
    assert.equal(panels.length, 1);
  });

  it('names the permission that would tell more, and opens it', async () => {
    fact = { id: 4, active: true, online: false };
    missing = ['im'];
    await page.show(account, oleg);
    assert.match(html(), /With the permission Chat and notifications \(im\)/);
    post({ type: 'run', action: 'permissions' });
    post({ type: 'run', action: 'setup' });
    post({ type: 'run', action: 'format' });
    post('again');
    await until(() => ran.length === 2, 'two commands');
    assert.deepEqual(ran, ['permissions', 'setup']);
  });

  it('asks what only people can find out, and says where to look on both kinds of phones (trial 8.16)', async () => {
    await page.show(account, oleg);
    const rows = [...html().matchAll(/<li class="question">(.*?)<\/li>/gs)].map(
      ([, row = '']) => row,
    );
    const titles = rows.map((row) => /<strong>(.*?)<\/strong>/s.exec(row)?.[1] ?? '');
    assert.ok(titles.length >= 10 && titles.every((title) => title.endsWith('?')), titles.join());
    assert.ok(rows.every((row) => row.includes('You can check') && row.includes('<p>')));
    const ofPhone = rows.filter((row) => /phone let|focus mode|battery|in a group/.test(row));
    assert.equal(ofPhone.length, 4);
    for (const row of ofPhone) {
      assert.match(row, /<p>iPhone: /);
      assert.match(row, /<p>Android: (?:Settings|pull down)/);
    }
    assert.ok(!html().includes('Look yourself') && !html().includes('Check yourself'));
  });

  it('tells a portal that takes no pushes', async () => {
    fact = { id: 4, active: true };
    setup = { kind: 'notAdministrator' };
    await page.show(account, oleg);
    assert.match(
      html(),
      /class="verdict certain">acme\.example does not accept pushes from you at the moment\./,
    );
    assert.match(html(), /Trouble: notAdministrator/);
  });

  it('checks somebody else on the same page', async () => {
    await page.show(account, oleg);
    picked = { id: 9, name: 'Emma' };
    fact = { id: 9, name: 'Emma', unknown: 'certain' };
    post({ type: 'run', action: 'another' });
    await until(() => html().includes('Nobody on acme.example has the id 9.'), 'the other person');
    assert.equal(panels.length, 1);
  });
});

describe('the question about whom', () => {
  const inputs = new WatchedInputs();
  const maria = { id: 5, name: 'Maria $(trash)', position: 'CTO' };
  const open = async () => {
    const chosen = pickPerson(
      {
        people: {
          prepare: () => {},
          local: () => undefined,
          search: () => Promise.resolve({ hits: [maria] }),
        },
        recents: { last: () => [oleg], list: () => [oleg, maria] },
        inputs,
        log: silentLog,
        delayMs: 1,
      },
      account,
    );
    return { chosen, pick: await inputs.nextPick() };
  };
  afterEach(() => press.escape());

  it('offers the last push first', async () => {
    const { chosen, pick } = await open();
    await active(pick, 'Oleg');
    assert.deepEqual(
      pick.items.map(({ label }) => label),
      ['the last push', 'Oleg', 'recent', 'Maria \\$(trash)', 'Me', 'Anna'],
    );
    await press.enter();
    assert.deepEqual(await chosen, oleg);
  });

  it('finds by name and takes an id', async () => {
    const { chosen, pick } = await open();
    pick.value = 'mar';
    await active(pick, 'Maria \\$(trash)');
    pick.value = '77';
    await active(pick, 'id 77');
    await press.enter();
    assert.deepEqual(await chosen, { id: 77 });
  });

  it('can be left', async () => {
    const { chosen } = await open();
    await press.escape();
    assert.equal(await chosen, undefined);
  });
});

describe('who may not get a push, in words', () => {
  const dismissed: DeliveryCheck = { rule: 'active', result: 'certain' };
  const late: DeliveryCheck = { rule: 'browser', result: 'maybe', presence: 'browser' };
  const desktop: DeliveryCheck = { rule: 'desktop', result: 'maybe', presence: 'desktop' };
  const extranet: DeliveryCheck = { rule: 'extranet', result: 'fine' };

  it('names three at most, the certain ones first, and counts who may get it late', () => {
    const hints = new Map<number, DeliveryCheck[]>([
      [1, []],
      [2, [desktop]],
      [3, [late]],
      [4, [dismissed]],
      [5, [extranet]],
      [6, [desktop]],
      [7, [desktop]],
    ]);
    assert.equal(
      deliverySummary(hints, (id) => `P${id}`),
      `4 people may not get it: P4 (was dismissed), P2 (${hintText(desktop)}), P6 (${hintText(desktop)}) and 1 more. 1 person is online: it may come late or not be shown on the phone.`,
    );
    const harmless = new Map([[5, [extranet]]]);
    assert.equal(
      deliverySummary(harmless, () => ''),
      undefined,
    );
  });

  it('holds a question up for a moment at most', async () => {
    const clock = new ManualClock();
    const waiting = createDeliverySentence({
      hints: { hints: () => new Promise(() => {}) },
      clock,
    })(account, [oleg]);
    clock.advance(1_500);
    assert.equal(await waiting, undefined);
    const hints = { hints: () => Promise.resolve(new Map([[4, [dismissed]]])) };
    assert.equal(
      await createDeliverySentence({ hints, clock })(account, [oleg]),
      '1 person may not get it: Oleg (was dismissed).',
    );
    const crowd = Array.from({ length: 5_001 }, (_, at) => ({ id: at + 1 }));
    assert.equal(await createDeliverySentence({ hints, clock })(account, crowd), undefined);
  });

  it('stands in the status bar after acceptance, one click from the page, only where there is a doubt', async () => {
    let doubts: string | undefined;
    const item = window.createStatusBarItem();
    const status = new AcceptedStatus({
      sentence: () => Promise.resolve(doubts),
      current: () => Promise.resolve(account),
      createItem: () => item,
    });
    try {
      await status.show('Accepted', { accountId: undefined, recipients: [oleg] });
      assert.deepEqual([item.text, item.command], ['$(check) Accepted', undefined]);
      doubts = 'Oleg (was dismissed)';
      await status.show('Accepted', { accountId: 'acme:1', recipients: [oleg] });
      assert.deepEqual(
        [item.text, item.tooltip, item.command],
        ['$(warning) Accepted', doubts, 'bitrix24Push.whyNotDelivered'],
      );
    } finally {
      status.dispose();
    }
  });
});
