import { l10n } from 'vscode';
import { counted, firstNames } from '../common/counted';
import { plainText } from '../common/plainText';
import { isNotification } from '../push/draft';
import { actionsOf, peopleWith, summaryOf } from '../push/push';
import type { Push, PushPerson } from '../push/push';
import type { FixId, Problem } from './problem';

const namesAtMost = 5;

/**
 * A push that went to some of its people: who got it, who did not and why, and of whom nobody knows.
 * `cause`: what the error behind it means; absent when the user cancelled.
 */
export function problemOfPartly(
  push: Push,
  { portal, cause }: { portal: string; cause: Problem | undefined },
): Problem {
  const { counts, people: total } = summaryOf(push);
  const { accepted, notSent, unknown } = counts;
  const { error } = push;
  const sentences = [
    counted(
      isNotification(push.draft)
        ? l10n.t(
            '{1} accepted the notification for {2} of {0} person.|{1} accepted the notification for {2} of {0} people.',
          )
        : l10n.t(
            '{1} accepted the push for {2} of {0} person.|{1} accepted the push for {2} of {0} people.',
          ),
      total,
      portal,
      accepted,
    ),
  ];
  for (const [code, people] of byCode(peopleWith(push, 'refused'))) {
    sentences.push(l10n.t('Refused for {0}: {1}.', namesOf(people), plainText(code, 60)));
  }
  if (unknown > 0) {
    sentences.push(
      counted(
        l10n.t(
          'No answer came for {0} person, who may have got it.|No answer came for {0} people, who may have got it.',
        ),
        unknown,
      ),
    );
  }
  if (notSent > 0) {
    sentences.push(
      counted(l10n.t('It was not sent to {0} person.|It was not sent to {0} people.'), notSent),
    );
  }
  // Without an answer, the sentence about it has mostly said why.
  const isPage = error?.is('ANSWER_IS_A_PAGE') === true;
  if (cause && (error?.phase !== 'noAnswer' || isPage || error.is('INTERRUPTED'))) {
    sentences.push(cause.message);
  }
  const actions = actionsOf(push);
  const cures = cause?.fixes.filter((fix) => !endings.includes(fix)) ?? [];
  const again = actions.includes('sendToRest') ? 'sendToRest' : 'tryAgain';
  const fixes: FixId[] = actions.some((action) => action === 'sendToRest' || action === 'retry')
    ? [again, ...cures, 'showLog']
    : [
        ...(actions.includes('sendAnyway') ? (['sendAnyway', 'markAsSent'] as const) : []),
        ...(isPage ? (['openProxySettings'] as const) : []),
        'showLog',
      ];
  return {
    code: plainText(error?.code ?? '', 60),
    message: sentences.join(' '),
    severity: 'warning',
    fixes: [...new Set(fixes)].slice(0, 3),
  };
}

/** They would send the whole again, or to people in doubt. */
const endings: readonly FixId[] = ['tryAgain', 'sendWaiting', 'sendAnyway', 'discard'];

function byCode(refused: readonly PushPerson[]): Map<string, PushPerson[]> {
  const groups = new Map<string, PushPerson[]>();
  for (const person of refused) {
    const { code = '' } = person;
    groups.set(code, [...(groups.get(code) ?? []), person]);
  }
  return groups;
}

/** Some of their names, and how many more there are. */
export function namesOf(
  people: readonly Pick<PushPerson, 'id' | 'name'>[],
  atMost = namesAtMost,
): string {
  return firstNames(
    people.map(({ id, name }) => plainText(name || l10n.t('id {0}', id), 80)),
    atMost,
  );
}
