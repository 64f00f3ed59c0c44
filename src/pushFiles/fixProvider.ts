import { CodeAction, CodeActionKind, WorkspaceEdit } from 'vscode';
import type { CodeActionContext, CodeActionProvider, Range, TextDocument } from 'vscode';
import { rangeOf } from './diagnosticPublisher';
import type { DiagnosticPublisher } from './diagnosticPublisher';
import { fixesOf } from './fileFixes';
import { fixTitle } from './findingSentences';

/** Offers the quick fixes of what is wrong in a push file. */
export class FixProvider implements CodeActionProvider {
  readonly #publisher: Pick<DiagnosticPublisher, 'foundIn'>;

  constructor(publisher: Pick<DiagnosticPublisher, 'foundIn'>) {
    this.#publisher = publisher;
  }

  provideCodeActions(
    document: TextDocument,
    range: Range,
    { diagnostics }: CodeActionContext,
  ): CodeAction[] {
    const found = this.#publisher.foundIn(document);
    const source = document.getText();
    return (found?.findings ?? []).flatMap((finding) => {
      const place = rangeOf(document, finding);
      if (!found || !place.intersection(range)) {
        return [];
      }
      const own = diagnostics.filter(
        (one) => one.code === finding.code && one.range.isEqual(place),
      );
      return fixesOf(finding, source, found.file).map(({ edits, kind }, index) => {
        const action = new CodeAction(fixTitle(kind), CodeActionKind.QuickFix);
        action.edit = new WorkspaceEdit();
        for (const edit of edits) {
          action.edit.replace(document.uri, rangeOf(document, edit), edit.text);
        }
        action.diagnostics = own;
        // What somebody means is for the user to say.
        action.isPreferred = index === 0 && kind.do !== 'choose';
        return action;
      });
    });
  }
}
