import { pushBudget } from '../bitrix24/budget';
import type { PushBudget } from '../bitrix24/budget';
import type { FormState } from '../compose/protocol';
import { draftText } from '../compose/writtenText';
import type { PageDraft } from './pageModel';

/** What the present draft becomes as a push: its text with its place, and its size. */
export interface Preview {
  text: string;
  budget: PushBudget;
  /** The same push without text. */
  empty: PushBudget;
}

/** The name of the application is unknown; an ordinary one's length stands in for it. */
const usualAppName = 'Bitrix24 application';

export function preview(state: FormState, written: Readonly<PageDraft>): Preview {
  const location = state.draft.location && {
    ...state.draft.location,
    included: written.locationIncluded ?? state.draft.location.included,
  };
  const text = draftText({ text: written.text, location });
  const input = {
    appName: state.account?.senderName || usualAppName,
    avatar: written.avatar,
    clientId: state.account?.clientId ?? '',
  };
  return {
    text,
    budget: pushBudget({ ...input, text }),
    empty: pushBudget({ ...input, text: '' }),
  };
}
