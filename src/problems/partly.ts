import { l10n } from 'vscode';
import { counted, firstNames } from '../common/counted';
import { plainText } from '../common/plainText';
import type { PartlyOutcome, RefusedPerson } from '../push/outcome';
import type { FixId, Problem } from './problem';

const namesAtMost = 5;

/**
 * A push that went to some of its people: who got it, who did not and why, and of whom nobody knows.
 * `cause`: what the error behind it means; absent when the user cancelled.
 */
export function problemOfPartly(
  outcome: PartlyOutcome,
  { portal, cause }: { portal: string; cause: Problem | undefined },
): Problem {
  const { accepted, refused, notSent, unknown, error } = outcome;
  const total = accepted.length + refused.length + notSent.length + unknown.length;
  const sentences = [
    counted(
      l10n.t(
        '{1} accepted the push for {2} of {0} person.|{1} accepted the push for {2} of {0} people.',
      ),
      total,
      portal,
      accepted.length,
    ),
  ];
  for (const [code, people] of byCode(refused)) {
    sentences.push(l10n.t('Refused for {0}: {1}.', namesOf(people), plainText(code, 60)));
  }
  if (unknown.length > 0) {
    sentences.push(
      counted(
        l10n.t(
          'No answer came for {0} person, who may have got it.|No answer came for {0} people, who may have got it.',
        ),
        unknown.length,
      ),
    );
  }
  if (notSent.length > 0) {
    sentences.push(
      counted(
        l10n.t('It was not sent to {0} person.|It was not sent to {0} people.'),
        notSent.length,
      ),
    );
  }
  // Without an answer, the sentence about it has said why.
  if (cause && error.phase !== 'noAnswer') {
    sentences.push(cause.message);
  }
  const rest = refused.length + notSent.length > 0;
  const cures = cause?.fixes.filter((fix) => !endings.includes(fix)) ?? [];
  const decisions: FixId[] = unknown.length > 0 ? ['sendAnyway', 'markAsSent'] : [];
  const fixes: FixId[] = rest ? ['sendToRest', ...cures, 'showLog'] : [...decisions, 'showLog'];
  return {
    code: plainText(error.code, 60),
    message: sentences.join(' '),
    severity: 'warning',
    fixes: [...new Set(fixes)].slice(0, 3),
  };
}

/** They would send the whole again, or to people in doubt. */
const endings: readonly FixId[] = ['tryAgain', 'sendWaiting', 'sendAnyway', 'discard'];

function byCode(refused: readonly RefusedPerson[]): Map<string, RefusedPerson[]> {
  const groups = new Map<string, RefusedPerson[]>();
  for (const person of refused) {
    groups.set(person.code, [...(groups.get(person.code) ?? []), person]);
  }
  return groups;
}

/** Some of their names, and how many more there are. */
export function namesOf(people: readonly Pick<RefusedPerson, 'id' | 'name'>[]): string {
  return firstNames(
    people.map(({ id, name }) => plainText(name || l10n.t('id {0}', id), 80)),
    namesAtMost,
  );
}
