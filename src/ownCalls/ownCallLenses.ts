import { CodeLens, l10n } from 'vscode';
import type { CodeLensProvider, Event, TextDocument } from 'vscode';
import { ownCallCommands } from '../common/commands';
import type { OwnCall } from './ownCall';
import { formContent, sentParameters } from './sentParameters';
import { rangeOf } from './sourceReader';
import type { SourceReader } from './sourceReader';

/** Lenses over each call: send it to the sandbox, or open what it says in the form. */
export class OwnCallLenses implements CodeLensProvider {
  readonly #reader: Pick<SourceReader, 'read'>;
  readonly onDidChangeCodeLenses: Event<void>;

  constructor(reader: Pick<SourceReader, 'read' | 'onDidChange'>) {
    this.#reader = reader;
    this.onDidChangeCodeLenses = reader.onDidChange;
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    return this.#reader.read(document).calls.flatMap(({ call }) => lensesOf(call, document));
  }
}

function lensesOf(call: OwnCall, document: TextDocument): CodeLens[] {
  const range = rangeOf(document, call.method);
  const lens = (title: string, command: string, argument: unknown) =>
    new CodeLens(range, { title, command, arguments: [argument] });
  const parameters = sentParameters(call);
  const content = formContent(call);
  return [
    ...(parameters
      ? [
          lens(
            parameters.every(({ value }) => value !== undefined)
              ? l10n.t('Try in Sandbox')
              : l10n.t('Try in Sandbox…'),
            ownCallCommands.tryInSandbox,
            parameters,
          ),
        ]
      : []),
    ...(content ? [lens(l10n.t('Open in Form'), ownCallCommands.openInForm, content)] : []),
  ];
}
