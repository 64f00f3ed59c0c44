import { pushBudget } from '../bitrix24/pushSize';
import type { PushBudget } from '../bitrix24/pushSize';
import type { FormState, Person } from '../form/protocol';
import { templateOf } from '../push/draft';
import { blanksOf, budgetOfVersions, extremePeople } from '../push/longestVersion';
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

/** Its length stands in for the application's name, which counts into the size, while that is unknown. */
const usualAppName = 'Bitrix24 application';

/**
 * `person`: the recipient whose phone is drawn; undefined while nobody is chosen. `lastExtremes`: kept from key to key.
 */
export function preview(
  state: FormState,
  written: Readonly<PageDraft>,
  person: Person | undefined,
  lastExtremes = new LastAnswer<readonly TextPerson[]>(),
): Preview {
  const location = state.draft.location && {
    ...state.draft.location,
    included: written.locationIncluded ?? state.draft.location.included,
  };
  const template = templateOf({ text: written.text, mode: written.mode, location });
  const text = fillTemplate(template, person);
  const frame = {
    appName: state.account?.senderName || usualAppName,
    avatar: written.avatar,
    clientId: state.account?.clientId ?? '',
  };
  const budget = pushBudget({ ...frame, text });
  const blanks = blanksOf(template);
  const extremes = lastExtremes.of([written.recipients, JSON.stringify(blanks)], () =>
    extremePeople(blanks, written.recipients),
  );
  return {
    text,
    budget,
    longest: template.personal ? budgetOfVersions(template, extremes, frame) : budget,
    empty: pushBudget({ ...frame, text: '' }),
  };
}
