import type { PushBudget } from '../bitrix24/pushSize';
import type { FormState, Person } from '../form/protocol';
import { budgetOf } from '../push/checkDraft';
import { templateOf } from '../push/draft';
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

/** `person`: the recipient whose phone is drawn; undefined while nobody is chosen. */
export function preview(
  { account, draft: { location } }: FormState,
  written: Readonly<PageDraft>,
  person: Person | undefined,
): Preview {
  const included = written.locationIncluded ?? location?.included ?? false;
  const draft = { ...written, location: location && { ...location, included } };
  const sender = { clientId: account?.clientId ?? '', senderName: account?.senderName };
  return {
    text: fillTemplate(templateOf(draft), person),
    budget: budgetOf(draft, sender, person ? [person] : []),
    longest: budgetOf(draft, sender, written.recipients),
    empty: budgetOf({ ...draft, text: '' }, sender, []),
  };
}
