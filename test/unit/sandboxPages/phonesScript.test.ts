import assert from 'node:assert/strict';
import { Script } from 'node:vm';
import type { PushExcerpt, RecordedPush, RecordedRequest } from '../../../src/sandbox/controlApi';
import { PageTexts } from '../../../src/sandbox/page/client/pageTexts';
import { PeopleFilter } from '../../../src/sandbox/page/client/peopleFilter';
import { phonesClientScript } from '../../../src/sandbox/page/phonesClientScript';
import { excerptOf } from '../../../src/sandbox/excerpt';
import { english, wordsFor } from '../../../src/sandbox/page/words';
import { sandboxUser } from './sandboxUser';

const texts = new PageTexts(english);

function pushTo(change: Partial<RecordedPush>): RecordedPush {
  const shown = { text: 'hi', cut: false, lost: false };
  return {
    id: 1,
    time: '2026-01-01T10:00:00.000Z',
    request: 1,
    senderId: 1,
    appName: 'Bot',
    clientId: 'local.1',
    text: 'hi',
    avatar: '',
    recipients: [1],
    delivered: [],
    deferred: [],
    dropped: [],
    shown: { ios: shown, android: shown },
    ...change,
  };
}

function request(change: Partial<RecordedRequest>): RecordedRequest {
  return {
    id: 1,
    time: '2026-01-01T10:00:00.000Z',
    method: 'pull.application.push.add',
    http: 'POST',
    caller: null,
    params: {},
    durationMs: 1,
    status: 200,
    error: null,
    answer: '',
    ignored: [],
    note: '',
    fault: null,
    ...change,
  };
}

function excerptTo(change: Partial<RecordedPush>): PushExcerpt {
  return excerptOf(pushTo(change), () => true);
}

describe('PageTexts', () => {
  const user = sandboxUser({ id: 1 });

  describe('why a phone shows nothing', () => {
    const reasons = [
      ['dismissed', /^Dropped silently: the person is dismissed/],
      ['noDevice', /no phone/],
      ['pushOff', /switched push notifications off/],
      ['desktopOpen', /^Nothing shown: the desktop app is open and not idle, so Bitrix24 skips/],
      ['pushDisabled', /whole portal/],
      ['tooLong', /4,096 bytes/],
      ['unknown', /no such person/],
    ] as const;
    for (const [reason, words] of reasons) {
      it(`says it for ${reason}`, () => {
        const status = texts.statusOf(pushTo({ dropped: [{ id: 1, reason }] }), user);
        assert.match(texts.whyNotShown(status) ?? '', words);
      });
    }

    it('says that a deferred push arrives later', () => {
      const status = texts.statusOf(pushTo({ deferred: [1] }), user);
      assert.match(texts.whyNotShown(status) ?? '', /^Arrives 15 to 60 s later/);
    });

    it('says nothing about a push that is shown, or that was for others', () => {
      assert.equal(texts.whyNotShown(texts.statusOf(pushTo({ delivered: [1] }), user)), null);
      assert.equal(texts.whyNotShown(texts.statusOf(pushTo({ delivered: [2] }), user)), null);
    });

    it('knows that only the iPhone loses a push whose cut split a character', () => {
      const lost = { text: '', cut: true, lost: true };
      const push = pushTo({
        delivered: [1],
        shown: { ios: lost, android: { text: 'h', cut: true, lost: false } },
      });
      assert.deepEqual(texts.statusOf(push, user), { is: 'dropped', reason: 'tooLong' });
      assert.deepEqual(texts.statusOf(push, { ...user, device: 'android' }), { is: 'shown' });
    });
  });

  it('tells name, role and what keeps pushes away in one line', () => {
    assert.equal(texts.personLine({ ...user, admin: true }), '1 · administrator · iPhone');
    assert.equal(
      texts.personLine({ ...user, presence: 'desktop', push: false }),
      '1 · iPhone · desktop app open · push off',
    );
    assert.equal(
      texts.personLine({ ...user, active: false, device: 'none' }),
      '1 · dismissed · no phone',
    );
  });

  it('makes initials of any name', () => {
    assert.equal(texts.initials('анна петрова'), 'АП');
    assert.equal(texts.initials('Zoë <b>Müller</b>'), 'ZB');
    assert.equal(texts.initials('𝒜da'), '𝒜');
    assert.equal(texts.initials(' – '), '?');
  });

  it('says how long ago, as a lock screen does', () => {
    const sent = '2026-01-01T10:00:00.000Z';
    const after = (seconds: number): string => texts.ago(sent, Date.parse(sent) + seconds * 1000);
    assert.deepEqual([-5, 59, 60, 3599, 3600, 86399, 86400].map(after), [
      'now',
      'now',
      '1 min',
      '59 min',
      '1 h',
      '23 h',
      '1 d',
    ]);
  });

  it('describes a push request by its people and bytes', () => {
    const push = excerptTo({ recipients: [1, 2], text: 'Ё😀' });
    assert.equal(
      texts.requestText(request({}), [push]),
      'pull.application.push.add · 2 people · 6 bytes',
    );
    assert.equal(
      texts.requestText(request({ method: 'batch' }), [push, { ...push, id: 2 }]),
      'batch · 2 pushes',
    );
    assert.equal(texts.requestText(request({ id: 2 }), [push]), 'pull.application.push.add');
  });

  it('counts all people of an excerpt, not only those whom it names', () => {
    const counts = { recipients: 5000, delivered: 4000, deferred: 500, dropped: 500, unknown: 2 };
    const excerpt = { ...pushTo({ recipients: [1], delivered: [1] }), counts };
    assert.match(texts.requestText(request({}), [excerpt]), / · 5,000 people · /);
  });

  it('tells the answer: true, an error, or none', () => {
    assert.equal(texts.answerText(request({})), '200 true');
    assert.equal(texts.answerText(request({ method: 'profile' })), '200');
    assert.equal(
      texts.answerText(request({ status: 400, error: 'EMPTY_APP_NAME' })),
      '400 EMPTY_APP_NAME',
    );
    assert.equal(texts.answerText(request({ status: 0, fault: 'cut after' })), 'no answer');
  });
});

describe('PageTexts of requests', () => {
  it('say who called and by what, and nothing of the unknown', () => {
    assert.equal(texts.callerText(null), '');
    assert.equal(texts.callerText({ id: 1, name: 'Ada', via: 'webhook' }), 'Ada, webhook');
    const inRussian = new PageTexts(wordsFor('ru'));
    const caller = { id: 1, name: 'Ада', via: 'application' } as const;
    assert.equal(inRussian.callerText(caller), 'Ада, приложение');
  });

  it('say no answer of what went by way of the browser', () => {
    assert.equal(texts.answerText(request({ method: 'app.open', status: 0 })), '');
  });
});

describe('PageTexts in Russian', () => {
  const inRussian = new PageTexts(wordsFor('ru'));
  const known = /Bitrix24|API|true|push|iPhone|Android|pull\.application\.push\.add/g;

  it('says everything about phones and requests in Russian', () => {
    const reasons = [
      'unknown',
      'dismissed',
      'noDevice',
      'pushOff',
      'desktopOpen',
      'pushDisabled',
      'tooLong',
    ] as const;
    const presences = ['mobile', 'browser', 'desktop', 'desktopIdle'] as const;
    const all = { admin: true, extranet: true, push: false, appAccess: false };
    const said = [
      ...reasons.map((reason) => inRussian.whyNotShown({ is: 'dropped', reason })),
      inRussian.whyNotShown({ is: 'waiting' }),
      ...presences.map((presence) =>
        inRussian.personLine(sandboxUser({ id: 1, ...all, presence })),
      ),
      inRussian.personLine(sandboxUser({ id: 1, active: false, device: 'none' })),
      inRussian.ago('2026-01-01T10:00:00Z', Date.parse('2026-01-01T10:00:10Z')),
      inRussian.ago('2026-01-01T10:00:00Z', Date.parse('2026-01-01T10:05:00Z')),
      inRussian.ago('2026-01-01T10:00:00Z', Date.parse('2026-01-04T10:00:00Z')),
      inRussian.requestText(request({}), [excerptTo({ request: 1 })]),
      inRussian.answerText(request({ status: 0 })),
    ];
    for (const text of said) {
      assert.doesNotMatch((text ?? '').replace(known, ''), /[A-Za-z]{2}/);
    }
  });
});

describe('PeopleFilter', () => {
  const filter = new PeopleFilter(texts);

  it('puts those whom the latest push names first, then by id', () => {
    const users = [1, 2, 3, 4].map((id) => sandboxUser({ id }));
    const pushes = [pushTo({ id: 1, recipients: [2] }), pushTo({ id: 2, recipients: [4, 3] })];
    const { users: ordered } = filter.order(users, pushes, '', 60);
    assert.deepEqual(
      ordered.map(({ id }) => id),
      [3, 4, 1, 2],
    );
  });

  it('draws no more phones than asked for, preferring those that were sent something', () => {
    const users = Array.from({ length: 500 }, (_, index) => sandboxUser({ id: index + 1 }));
    const pushes = [pushTo({ id: 1, recipients: [300] }), pushTo({ id: 2, recipients: [400] })];
    const { users: ordered, matching } = filter.order(users, pushes, '', 3);
    assert.equal(matching, 500);
    assert.deepEqual(
      ordered.map(({ id }) => id),
      [400, 300, 1],
    );
  });

  it('filters by all words, over name, position and state', () => {
    const users = [
      sandboxUser({ id: 1, name: 'Анна Петрова' }),
      sandboxUser({ id: 2, name: 'Анна Иванова', device: 'android' }),
    ];
    const found = filter.order(users, [], 'АННА android', 60).users;
    assert.deepEqual(
      found.map(({ id }) => id),
      [2],
    );
  });
});

describe('phonesClientScript', () => {
  it('is a script that a browser can read, and complete in itself', () => {
    const script = phonesClientScript();
    new Script(script);
    assert.doesNotMatch(script, /\bimport\b|\brequire\(|<\/script|innerHTML/);
  });
});
