import type { PushBudget } from '../bitrix24/pushSize';
import type { FormState, Person } from '../form/protocol';
import { budgetOf } from '../push/checkDraft';
import { templateOf } from '../push/draft';
import { blanksOf, extremePeople } from '../push/longestVersion';
import { LastAnswer } from '../common/lastAnswer';
import type { TextPerson } from '../push/personalText';
import { fillTemplate } from '../push/personalText';
import type { PageDraft } from './pageModel';

/** The push that the draft would become, as one person gets it, and its size. */
export interface Preview {
  /** With the place in the code, if it goes with the text, and the placeholders filled in. */
  text: string;
  budget: PushBudget;
  /** The budget of the longest version of a personal text, which may be another person's. */
  longest: PushBudget;
  /** The budget of the same push without text. */
  empty: PushBudget;
}

/** `person`: the recipient whose phone is drawn; undefined while nobody is chosen. `last`: kept from key to key. */
export function preview(
  { account, draft: { location } }: FormState,
  written: Readonly<PageDraft>,
  person: Person | undefined,
  last = new LastAnswer<readonly TextPerson[]>(),
): Preview {
  const included = written.locationIncluded ?? location?.included ?? false;
  const draft = { ...written, location: location && { ...location, included } };
  const sender = { clientId: account?.clientId ?? '', senderName: account?.senderName };
  const template = templateOf(draft);
  const blanks = blanksOf(template);
  const extremes = last.of([written.recipients, JSON.stringify(blanks)], () =>
    extremePeople(blanks, written.recipients),
  );
  return {
    text: fillTemplate(template, person),
    budget: budgetOf(draft, sender, person ? [person] : []),
    longest: budgetOf(draft, sender, extremes),
    empty: budgetOf({ ...draft, text: '' }, sender, []),
  };
}
