import assert from 'node:assert/strict';
import { formHtml } from '../../../src/form/formHtml';
import { accountView, personView } from '../../../src/form/formViews';
import type { Recipient } from '../../../src/people/recipient';
import { audienceCount, notYetChosen, sendLabel } from '../../../src/webview/audience';
import { ShownIssues } from '../../../src/webview/fieldErrors';
import {
  inOneLine,
  looksLikeList,
  pieceAt,
  typedIds,
  withoutPiece,
} from '../../../src/webview/typedRecipients';
import { Words } from '../../../src/webview/words';
import { anAccount } from '../../support/builders';

describe('what the form says', () => {
  it('picks the plural form of the language', () => {
    const people = '{0} человек|{0} человека|{0} людей';
    const words = new Words('ru', { people });
    assert.deepEqual(
      [1, 3, 5, 11, 21, 1_000].map((count) => words.plural('people', count)),
      ['1 человек', '3 человека', '5 людей', '11 людей', '21 человек', '1\u00a0000 людей'],
    );
    const english = new Words('en', { people: '{0} person|{0} people' });
    assert.deepEqual(
      [0, 1, 2, 1_000].map((count) => english.plural('people', count)),
      ['0 people', '1 person', '2 people', '1,000 people'],
    );
  });

  it('names an account on the sandbox as one', () => {
    const account = anAccount();
    assert.equal(accountView(account).host, account.host);
    assert.equal(accountView({ ...account, isSandbox: true }).host, `SANDBOX ${account.host}`);
  });

  it('fills in as text, in any order, and leaves what has no value', () => {
    const words = new Words('en', { bytes: '{1} of {0}, {2}' });
    assert.equal(words.text('bytes', 'a {1}', 1234), '1,234 of a {1}, {2}');
  });

  it('writes times as the language does, like the rest of VS Code (trial 9.13)', () => {
    const at = new Date(2026, 0, 1, 14, 2, 5).getTime();
    const said = (locale: string) => {
      const words = new Words(locale, {});
      return [words.time(at), words.time(at, true)].map((time) => time.replace(/\s/u, ' '));
    };
    assert.deepEqual(said('en'), ['2:02 PM', '2:02:05 PM']);
    assert.deepEqual(said('ru'), ['14:02', '14:02:05']);
  });

  it('blames a field only after its user left it or pressed Send', () => {
    const shown = new ShownIssues();
    const issues = [{ field: 'text' as const, message: 'Write some text.' }];
    assert.equal(shown.issueOf('text', issues), undefined);
    shown.showFor('text');
    assert.equal(shown.issueOf('text', issues)?.message, 'Write some text.');
    assert.equal(shown.issueOf('avatar', issues), undefined);
  });
});

describe('ids typed into the form', () => {
  const cases: [string, { ids: number[]; otherText: string }][] = [
    ['', { ids: [], otherText: '' }],
    ['42', { ids: [42], otherText: '' }],
    ['3, 5; 12\n7', { ids: [3, 5, 12, 7], otherText: '' }],
    ['3, Иван Петров', { ids: [3], otherText: 'Иван Петров' }],
    ['0 -1 1.5 1e3 007', { ids: [], otherText: '0 -1 1.5 1e3 007' }],
    ['007 1.5', { ids: [], otherText: '007 1.5' }],
    ['#3 5', { ids: [3, 5], otherText: '' }],
    // Numbers beside names, telephones and dates are no ids (trial 1.3).
    ['7 Иванов', { ids: [], otherText: '7 Иванов' }],
    ['8 900 123 45 67, 12 05 1990', { ids: [], otherText: '8 900 123 45 67, 12 05 1990' }],
    ['Отдел 3, 5; Anna Petrova', { ids: [5], otherText: 'Отдел 3, Anna Petrova' }],
    ['99999999999999999999', { ids: [], otherText: '99999999999999999999' }],
  ];
  for (const [typed, expected] of cases) {
    it(`reads ${JSON.stringify(typed)}`, () => {
      assert.deepEqual(typedIds(typed), expected);
    });
  }
});

describe('a list in the recipients input', () => {
  it('stands in one line, and anything but one name may be a list (trial 2.3)', () => {
    assert.equal(inOneLine(' Anna Petrova\r\n\nid 5;\t7 | x@y.z '), 'Anna Petrova, id 5, 7, x@y.z');
    for (const name of ['Anna Petrova', ' O’Brien-Lee\n', 'Иванов И. П.']) {
      assert.equal(looksLikeList(name), false, name);
    }
    const lists = ['x@y.z', 'Anna, Oleg', 'Anna\nOleg', 'Анна и Олег', 'Anna & Oleg', 'id 5'];
    for (const list of lists) {
      assert.equal(looksLikeList(list), true, list);
    }
  });

  it('is searched for the piece at the cursor, and loses only that one', () => {
    const list = 'Anna, Ol; Ivan';
    const piece = pieceAt(list, 8);
    assert.deepEqual(piece, { start: 5, end: 8, piece: 'Ol' });
    assert.equal(withoutPiece(list, piece), 'Anna, Ivan');
    assert.equal(pieceAt(list, list.length).piece, 'Ivan');
  });
});

describe('the audience in numbers', () => {
  const words = new Words('en', {
    send: 'Send',
    people: '{0} people',
    aboutPeople: 'about {0}',
    departments: '{0} departments',
    sendTo: 'Send to {0}',
    sendToAbout: 'Send to about {0}',
    sendToCounts: 'Send to {0} + {1}',
    sendToDepartments: 'Send to {0} departments',
  });
  const department = { id: 7, reach: 'tree' as const, parent: false };
  const said = (people: number, departments: number, approximatePeople?: number) => {
    const written = {
      recipients: Array.from({ length: people }, (_, index) => ({ id: index + 1 })),
      departments: Array.from({ length: departments }, () => department),
      text: '',
      mode: 'literal' as const,
      avatar: '',
    };
    return [
      audienceCount({ approximatePeople, written }, words),
      sendLabel({ approximatePeople, written }, words),
    ];
  };

  it('is exact for people, and nothing for nobody', () => {
    assert.deepEqual(said(0, 0), ['', 'Send']);
    assert.deepEqual(said(3, 0), ['3 people', 'Send to 3']);
  });

  it('counts departments until the host knows about how many people they are', () => {
    assert.deepEqual(said(0, 2), ['2 departments', 'Send to 2 departments']);
    assert.deepEqual(said(3, 2), ['3 people + 2 departments', 'Send to 3 people + 2 departments']);
    assert.deepEqual(said(3, 2, 40), ['about 40', 'Send to about 40']);
  });

  it('takes nobody twice', () => {
    const offered = [{ id: 3 }, { id: 4 }, { id: 5 }, { id: 4 }];
    assert.deepEqual(notYetChosen(offered, [{ id: 5 }]), [{ id: 3 }, { id: 4 }]);
  });
});

describe("the form's page", () => {
  const input = {
    language: 'ru',
    title: 'a "title" <b>',
    script: 'https://host/dist/webview.js',
    style: 'https://host/media/form.css',
    source: 'https://host',
  };

  it('lets one script run, and no style, frame or address of its own', () => {
    const html = formHtml(input);
    const nonce = /script-src 'nonce-([\w-]{24,})';/.exec(html)?.[1];
    assert.ok(nonce);
    assert.equal(html.split('<script').length, 2);
    assert.ok(html.includes(`<script nonce="${nonce}" src="https://host/dist/webview.js">`));
    assert.match(html, /default-src 'none'/);
    assert.doesNotMatch(html, /unsafe|style=|\bon\w+=/);
  });

  it('has exactly this policy', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(formHtml(input));
    assert.deepEqual(policy?.[1]?.replace(/'nonce-[\w-]{24,}'/, "'nonce-…'").split('; '), [
      "default-src 'none'",
      "script-src 'nonce-…'",
      'style-src https://host',
      'img-src https://host https: http://127.0.0.1:* http://localhost:*',
      "form-action 'none'",
      "base-uri 'none'",
    ]);
  });

  it('draws photos of this machine only for a portal on this machine', () => {
    const local = { id: 3, name: 'Ivan', photo: 'http://127.0.0.1:8080/admin?x=1' };
    const secure = { ...local, photo: 'https://cdn.example/3.png' };
    const photoOf = (person: Recipient, host?: string) => personView(person, host).photo;
    assert.equal(photoOf(local, 'acme.bitrix24.com'), undefined);
    assert.equal(photoOf(local), undefined);
    assert.equal(photoOf(local, '127.0.0.1:9000'), local.photo);
    assert.equal(photoOf(secure, 'acme.bitrix24.com'), secure.photo);
  });

  it('has another nonce each time, the language, and no markup from a title', () => {
    assert.notEqual(formHtml(input), formHtml(input));
    assert.match(formHtml(input), /<html lang="ru">/);
    assert.match(formHtml(input), /<title>a &quot;title&quot; &lt;b&gt;<\/title>/);
  });
});
