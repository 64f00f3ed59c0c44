import { membersOf } from './answers';
import { call, outcomeOf, sending, unknownId } from './stepParts';
import type { Facts, Step } from './step';

const PUSH = 'pull.application.push.add';
const TAG = 'bitrix24-push-verify';

const lacksPull = ({ scopes }: Facts) =>
  scopes.includes('pull') ? undefined : 'the application lacks the permission Pull&Push';
const lacksIm = ({ scopes, me, profileId }: Facts) => {
  if (!scopes.includes('im')) {
    return 'the application lacks the permission Chat and notifications';
  }
  return me === undefined || me !== profileId ? unsure : undefined;
};
const unsure = 'the portal did not say clearly which id is yours';

/** The text of the one real push: what a phone shows of it answers whether markup is shown as it is. */
const realText = 'Check: <b>bold</b> [b]bold[/b] &amp; “Ж” 🙂';

/** Calls that are refused or that go to nobody. */
const toNobody: readonly (readonly [id: string, says: string, Record<string, unknown>])[] = [
  ['push-no-text', 'A push to nobody without a text is sent.', { USER_ID: 0 }],
  ['push-nothing', 'A push without any parameter is sent.', {}],
  ['push-text-zero', 'A push to nobody with the text “0” is sent.', { USER_ID: 0, TEXT: '0' }],
  ['push-blank', 'A push to nobody with a blank text is sent.', { USER_ID: 0, TEXT: ' ' }],
  ['push-no-user', 'A push without a recipient is sent.', { TEXT: 'Check' }],
  [
    'push-lower-case',
    'A push to nobody is sent with the names of its parameters in lower case.',
    { user_id: 0, text: 'Check' },
  ],
];

export const pushSteps: readonly Step[] = [
  {
    id: 'push-to-nobody',
    says: 'A push to nobody is sent, which tells whether a real one would be taken.',
    skip: lacksPull,
    run: async ({ send }) => {
      const answer = await send(call(PUSH, { USER_ID: 0, TEXT: 'Check' }));
      const isNameless = membersOf(answer.raw)['error'] === 'EMPTY_APP_NAME';
      return {
        state: { named: !isNameless },
        answers: { 'app-name': `A push to nobody is answered ${outcomeOf(answer)}.` },
      };
    },
    asks: [
      {
        id: 'app-name-form',
        text: 'Is “Script only (no user interface)” ticked in the application’s form?',
        yes: '“Script only” is ticked: the application has no menu names.',
        no: '“Script only” is not ticked: the application has menu names.',
      },
    ],
  },
  ...toNobody.map(([id, says, params]): Step => {
    const request = call(PUSH, params);
    return { id, says, skip: lacksPull, run: sending(request) };
  }),
  {
    id: 'push-unknown',
    says: 'A push to an id that nobody has is sent.',
    skip: (facts) =>
      lacksPull(facts) ??
      (facts.unknownIsNobody ? undefined : 'it could not be made sure that nobody has this id'),
    run: sending(call(PUSH, { USER_ID: [unknownId], TEXT: 'Check' })),
  },
  {
    id: 'push-to-me',
    says: `The one real push is sent, to yourself only: ${realText}`,
    confirms: 'Shall it be sent to your own phone?',
    skip: (facts) => {
      const { admin, me, profileId } = facts;
      if (!admin) {
        return lacksPull(facts) ?? 'only an administrator may send pushes';
      }
      return lacksPull(facts) ?? (me === undefined || me !== profileId ? unsure : undefined);
    },
    run: async ({ send }) => {
      const { raw } = await send(call(PUSH, { USER_ID: ['{{me}}'], TEXT: realText }));
      const { operating } = timeOf(membersOf(raw));
      return {
        answers: {
          operating:
            typeof operating === 'number'
              ? `time.operating after the push is ${operating}.`
              : 'The answer has no time.operating.',
        },
      };
    },
    asks: [
      {
        id: 'push-arrived',
        text: 'Has your phone shown it? (It may take half a minute if you are online in a browser.)',
        yes: 'The push arrived.',
        no: 'The push did not arrive.',
      },
      {
        id: 'push-markup',
        text: 'Does it show every character exactly as above?',
        yes: 'Markup is shown as it is.',
        no: 'The text is not shown exactly as it was sent.',
      },
    ],
  },
  {
    id: 'notify-empty',
    says: 'A notification without a text is sent to yourself, which is refused.',
    skip: lacksIm,
    run: sending(call('im.notify.personal.add', { USER_ID: '{{me}}', MESSAGE: '' })),
  },
  {
    id: 'notify-me',
    says: 'A notification is put into your own bell, and taken out again.',
    confirms: 'Your phone may ring once for it. Shall it be sent?',
    skip: lacksIm,
    run: async ({ send }) => {
      const message = { USER_ID: '{{me}}', MESSAGE: 'Check', TAG };
      const added = await send(call('im.notify.personal.add', message));
      const removed = await send(call('im.notify.delete', { TAG }));
      return {
        answers: {
          'im-notify': `im.notify.personal.add: ${outcomeOf(added)}; im.notify.delete by tag: ${outcomeOf(removed)}.`,
        },
      };
    },
  },
];

function timeOf(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { time } = members;
  return typeof time === 'object' && time !== null ? { ...time } : {};
}
