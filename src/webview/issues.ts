import type { FormStringKey } from '../form/formStrings';
import type { FormField, IssueView } from '../form/protocol';

const sentences: Record<string, FormStringKey> = {
  NO_RECIPIENTS: 'issueRecipients',
  BAD_RECIPIENT: 'issueRecipient',
  TEXT_EMPTY: 'issueTextEmpty',
  TEXT_ZERO: 'issueTextZero',
  TEXT_TOO_LONG: 'issueTextTooLong',
  PLACEHOLDER_UNKNOWN: 'issuePlaceholder',
  PLACEHOLDER_OPEN: 'issueBrace',
  AVATAR_NOT_HTTP: 'issueAvatar',
};
const fallback: Record<FormField, FormStringKey> = {
  recipients: 'issueRecipients',
  text: 'issueTextEmpty',
  avatar: 'issueAvatar',
};

/** Which faults are shown: a field is not blamed before its user left it or pressed Send. */
export class ShownIssues {
  readonly #fields = new Set<FormField>();

  showFor(field: FormField): void {
    this.#fields.add(field);
  }

  reset(): void {
    this.#fields.clear();
  }

  /** The field's first fault; undefined when there is none to show. */
  first(field: FormField, issues: readonly IssueView[]): IssueView | undefined {
    return this.#fields.has(field)
      ? issues.find((candidate) => candidate.field === field)
      : undefined;
  }

  /** The sentence's key for that fault. */
  of(field: FormField, issues: readonly IssueView[]): FormStringKey | undefined {
    const issue = this.first(field, issues);
    return issue && (sentences[issue.code] ?? fallback[field]);
  }
}
