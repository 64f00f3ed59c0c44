import { pushBudget } from '../bitrix24/pushSize';
import type { PushBudget } from '../bitrix24/pushSize';
import type { FormState, Person } from '../form/protocol';
import { budgetOfVersions, fillTemplate, templateOf } from '../form/writtenText';
import type { PageDraft } from './pageModel';

/** What the present draft becomes as a push: its text with its place, and its size. */
export interface Preview {
  /** As the person gets it whose phone is drawn. */
  text: string;
  budget: PushBudget;
  /** Of the version that takes most room, which need not be the one drawn. */
  longest: PushBudget;
  /** The same push without text. */
  empty: PushBudget;
}

/** The name of the application is unknown; an ordinary one's length stands in for it. */
const usualAppName = 'Bitrix24 application';

/** `person`: whose phone is drawn; undefined while nobody is chosen. */
export function preview(
  state: FormState,
  written: Readonly<PageDraft>,
  person: Person | undefined,
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
  return {
    text,
    budget,
    longest: template.personal ? budgetOfVersions(template, written.recipients, frame) : budget,
    empty: pushBudget({ ...frame, text: '' }),
  };
}
