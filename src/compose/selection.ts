import { l10n, workspace } from 'vscode';
import type { TextDocument, TextEditor } from 'vscode';
import path from 'node:path';
import type { Messages } from '../common/messages';
import type { DraftStore } from '../push/draftStore';
import { joinSelections, lineLabel } from './selectionText';
import type { SelectedRange } from './selectionText';

export interface SelectionDeps {
  drafts: DraftStore;
  messages: Pick<Messages, 'inform'>;
  /** The editor that the user works in: `window.activeTextEditor`. */
  editor: () => TextEditor | undefined;
  /** The setting bitrix24Push.selection.includeLocation; may be anything. */
  includeLocation: () => unknown;
  /** Shows the form with the cursor in the field for people. */
  focusForm: () => Thenable<unknown>;
}

/** A longer selection is certainly a mistake, because a push carries about 3,500 characters. */
const charactersAtMost = 100_000;

/** The command "Send Selection as Bitrix24 Push" puts the editor's selections into the form, which sends nothing by itself. */
export class SelectionIntoForm {
  readonly #deps: SelectionDeps;

  constructor(deps: SelectionDeps) {
    this.#deps = deps;
  }

  async run(): Promise<void> {
    const { drafts, messages, editor, includeLocation, focusForm } = this.#deps;
    const from = editor();
    const ranges = from ? selectedRanges(from) : [];
    if (!from || ranges.length === 0) {
      messages.inform(l10n.t('Select the text to send in an editor first.'));
      return;
    }
    const text = joinSelections(ranges);
    if (text.length > charactersAtMost) {
      messages.inform(
        l10n.t(
          'The selection is far too long for a push. Select less: about 3,500 Latin letters fit, or half as many Cyrillic ones.',
        ),
      );
      return;
    }
    await drafts.ready;
    if (drafts.current.text !== text) {
      // The form may hold a text that was not sent yet.
      drafts.makeRoom(this);
    }
    drafts.update(
      {
        text,
        // Braces in code are no placeholders.
        mode: 'literal',
        location: {
          label: `${documentLabel(from.document)}:${lineLabel(ranges)}`,
          included: includeLocation() !== false,
        },
      },
      this,
    );
    await focusForm();
  }
}

function selectedRanges({ document, selections }: TextEditor): SelectedRange[] {
  return selections
    .filter((selection) => !selection.isEmpty)
    .sort((a, b) => a.start.compareTo(b.start))
    .map((selection) => ({
      startLine: selection.start.line,
      endLine: selection.end.line,
      endCharacter: selection.end.character,
      text: document.getText(selection),
    }));
}

/** The path within the workspace folder; outside of it only the file's name, because paths may reveal people's names. */
function documentLabel({ uri }: TextDocument): string {
  return workspace.getWorkspaceFolder(uri)
    ? workspace.asRelativePath(uri)
    : path.posix.basename(uri.path);
}
