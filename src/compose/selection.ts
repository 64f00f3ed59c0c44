import path from 'node:path';
import { l10n, TabInputText, window, workspace } from 'vscode';
import type { Clipboard, Terminal, TextDocument, TextEditor } from 'vscode';
import type { Messages } from '../common/messages';
import { plainLabel, plainText } from '../common/plainText';
import { askChoice } from '../common/quickStep';
import type { QuickInputs } from '../common/quickStep';
import type { DraftStore } from '../push/draftStore';
import { joinSelections, lineLabel, outputChannelName } from './selectionText';
import type { SelectedRange } from './selectionText';

export interface SelectionDeps {
  drafts: DraftStore;
  messages: Pick<Messages, 'inform'>;
  inputs: QuickInputs;
  /** The editor that the user works in, or worked in last: `window.activeTextEditor`. */
  editor: () => TextEditor | undefined;
  /** The terminal that the user works in, or worked in last: `window.activeTerminal`. */
  terminal: () => Pick<Terminal, 'name'> | undefined;
  /** Copies what is selected in that terminal. The API gives its text in no other way. */
  copyTerminalSelection: () => Promise<unknown>;
  clipboard: Pick<Clipboard, 'readText' | 'writeText'>;
  /** The setting bitrix24Push.selection.includeLocation; may be anything. */
  includeLocation: () => unknown;
  /** Shows the form with the cursor in the field for people. */
  focusForm: () => Thenable<unknown>;
}

/** A longer selection is certainly a mistake, because a push carries about 3,500 characters. */
const charactersAtMost = 100_000;

interface Selected {
  text: string;
  /** Where it stands, in a person's words; undefined where nobody has a name for that. */
  place: string | undefined;
}

/** The command "Send Selection as Bitrix24 Push" puts what is selected into the form, which sends nothing by itself. */
export class SelectionIntoForm {
  readonly #deps: SelectionDeps;

  constructor(deps: SelectionDeps) {
    this.#deps = deps;
  }

  /** `from` is where the menu was that the command came from; undefined for the Command Palette and keys. */
  async run(from?: 'editor' | 'terminal'): Promise<void> {
    const { messages, editor, terminal } = this.#deps;
    const inEditor = from !== 'terminal' && editor();
    const selected = inEditor ? selectedIn(inEditor) : undefined;
    const open = from === 'editor' ? undefined : terminal();
    if (selected && open) {
      // VS Code tells nobody which of the two has the focus.
      await this.#ask(selected, open);
    } else if (selected) {
      await this.#fill(selected);
    } else if (open) {
      await this.#fillFromTerminal(open);
    } else {
      messages.inform(l10n.t('Select the text to send in an editor first.'));
    }
  }

  async #ask(selected: Selected, terminal: Pick<Terminal, 'name'>): Promise<void> {
    const answer = await askChoice(this.#deps.inputs, {
      ...{ title: l10n.t('Send Selection as Bitrix24 Push'), step: 1, totalSteps: 1 },
      canGoBack: false,
      placeholder: l10n.t('Which selection?'),
      items: [
        {
          label: `$(file) ${plainLabel(selected.place ?? l10n.t('In the editor'))}`,
          description: plainText(plainLabel(selected.text), 100),
          fill: () => this.#fill(selected),
        },
        {
          label: `$(terminal) ${plainLabel(l10n.t('Terminal {0}', terminal.name))}`,
          fill: () => this.#fillFromTerminal(terminal),
        },
      ],
    });
    if (answer.kind === 'next') {
      await answer.value.fill();
    }
  }

  async #fillFromTerminal({ name }: Pick<Terminal, 'name'>): Promise<void> {
    const { clipboard, copyTerminalSelection, messages } = this.#deps;
    const before = await clipboard.readText();
    await clipboard.writeText('');
    const text = await copyTerminalSelection()
      .then(() => clipboard.readText())
      .finally(() => clipboard.writeText(before));
    if (text.trim() === '') {
      messages.inform(l10n.t('Select the text to send in an editor or in the terminal first.'));
    } else {
      await this.#fill({
        text: joinSelections([{ text }]),
        place: plainText(l10n.t('Terminal {0}', name), placeAtMost),
      });
    }
  }

  async #fill({ text, place }: Selected): Promise<void> {
    const { drafts, messages, includeLocation, focusForm } = this.#deps;
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
        location:
          place === undefined ? undefined : { label: place, included: includeLocation() !== false },
      },
      this,
    );
    await focusForm();
  }
}

function selectedIn({ document, selections }: TextEditor): Selected | undefined {
  const ranges: SelectedRange[] = selections
    .filter((selection) => !selection.isEmpty)
    .sort((a, b) => a.start.compareTo(b.start))
    .map((selection) => ({
      startLine: selection.start.line,
      endLine: selection.end.line,
      endCharacter: selection.end.character,
      text: document.getText(selection),
    }));
  return ranges.length === 0
    ? undefined
    : { text: joinSelections(ranges), place: placeOf(document, lineLabel(ranges)) };
}

const placeAtMost = 200;
/** Elsewhere, the last part of a path may be anything. */
const fileSchemes = new Set(['file', 'untitled', 'vscode-remote', 'vscode-vfs']);

/** Where lines of a document are, as a person would say it. Undefined where there is no name for that. */
function placeOf(document: TextDocument, lines: string): string | undefined {
  const { uri } = document;
  if (uri.scheme === 'output') {
    // Lines of an output come and go.
    const name = outputChannelName(uri.path);
    return name && plainText(l10n.t('Output {0}', name), placeAtMost);
  }
  const notebook = workspace.notebookDocuments.find((one) =>
    one.getCells().some((cell) => cell.document === document),
  );
  const cell = notebook?.getCells().find((one) => one.document === document);
  const file = fileName(notebook?.uri ?? uri);
  const name = fileSchemes.has(uri.scheme) || file.includes('.') ? file : tabOf(uri);
  const whole = cell ? l10n.t('{0}, cell {1}', name, cell.index + 1) : name;
  return name === '' ? undefined : `${plainText(whole, placeAtMost)}:${lines}`;
}

/** The path within the workspace folder; outside of it only the file's name, because paths may reveal people's names. */
function fileName(uri: TextDocument['uri']): string {
  return workspace.getWorkspaceFolder(uri)
    ? workspace.asRelativePath(uri)
    : path.posix.basename(uri.path);
}

/** The title of the tab in which a document without a path is shown, such as a search. */
function tabOf(uri: TextDocument['uri']): string {
  const { activeTab } = window.tabGroups.activeTabGroup;
  const input: unknown = activeTab?.input;
  const isAnother = input instanceof TabInputText && input.uri.toString() !== uri.toString();
  return isAnother ? '' : (activeTab?.label ?? '');
}
