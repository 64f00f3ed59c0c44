import { CodeAction, CodeActionKind, WorkspaceEdit } from 'vscode';
import type { CodeActionContext, CodeActionProvider, Range, TextDocument } from 'vscode';
import { fixText } from './findingText';
import { rangeOf } from './sourceReader';
import type { SourceReader } from './sourceReader';

/** Quick fixes of the findings at a place. */
export class OwnCallFixes implements CodeActionProvider {
  static readonly kinds = [CodeActionKind.QuickFix];
  readonly #reader: Pick<SourceReader, 'read'>;

  constructor(reader: Pick<SourceReader, 'read'>) {
    this.#reader = reader;
  }

  provideCodeActions(
    document: TextDocument,
    range: Range,
    { diagnostics }: CodeActionContext,
  ): CodeAction[] {
    const findings = this.#reader.read(document).calls.flatMap((call) => call.findings);
    return findings
      .filter((finding) => rangeOf(document, finding).intersection(range) !== undefined)
      .flatMap((finding) => {
        const place = rangeOf(document, finding);
        return finding.fixes.map((fix) => {
          const action = new CodeAction(fixText(fix), CodeActionKind.QuickFix);
          action.edit = new WorkspaceEdit();
          action.edit.replace(document.uri, rangeOf(document, fix.edit), fix.edit.text);
          action.diagnostics = diagnostics.filter((one) => one.range.isEqual(place));
          // A parameter that is ignored does no harm, so its removal is offered, not preferred.
          action.isPreferred = fix.kind !== 'remove';
          return action;
        });
      });
  }
}
