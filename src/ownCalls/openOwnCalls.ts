import { commands, languages, l10n } from 'vscode';
import * as v from 'valibot';
import type { Bitrix24Error } from '../bitrix24/errors';
import { ownCallCommands } from '../common/commands';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import { ownCallLanguages } from './language';
import { OwnCallFixes } from './ownCallFixes';
import { OwnCallLenses } from './ownCallLenses';
import { isKnownParameter } from './judge';
import type { FormContent } from './sentParameters';
import { SourceReader } from './sourceReader';

export interface OpenOwnCallsDeps {
  /** Sends the parameters to the sandbox; resolves with its refusal, or with undefined for `true`. */
  tryInSandbox: (parameters: Record<string, unknown>) => Promise<Bitrix24Error | undefined>;
  openInForm: (content: FormContent) => Promise<void>;
  messages: Pick<Messages, 'inform'>;
  inputs: {
    showInputBox(options: {
      prompt: string;
      value: string;
      ignoreFocusOut: boolean;
    }): Thenable<string | undefined>;
  };
  /** Runs what a command does, and tells what went wrong. */
  guard: (work: () => Promise<unknown>) => Promise<unknown>;
}

/** The arguments of the lenses' commands: anybody may call a command. */
const parameterList = v.array(v.object({ name: v.string(), value: v.optional(v.unknown()) }));
const content = v.object({
  text: v.string(),
  avatar: v.string(),
  ids: v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
});

/** Calls of the push method in sources: diagnostics, fixes and lenses. A bundle of its own, read with the first one. */
export function openOwnCalls(deps: OpenOwnCallsDeps): Disposable {
  const { guard, openInForm } = deps;
  const owned = new DisposableStore();
  const reader = owned.add(new SourceReader());
  const selector = ownCallLanguages.map((language) => ({ language }));
  owned.add(languages.registerCodeLensProvider(selector, new OwnCallLenses(reader)));
  owned.add(
    languages.registerCodeActionsProvider(selector, new OwnCallFixes(reader), {
      providedCodeActionKinds: OwnCallFixes.kinds,
    }),
  );
  owned.add(
    commands.registerCommand(ownCallCommands.tryInSandbox, (argument: unknown) =>
      guard(() => tryInSandbox(v.parse(parameterList, argument), deps)),
    ),
  );
  owned.add(
    commands.registerCommand(ownCallCommands.openInForm, (argument: unknown) =>
      guard(() => openInForm(v.parse(content, argument))),
    ),
  );
  return owned;
}

/** Asks for what the source computes, sends, and tells what the portal answered and what it ignored. */
async function tryInSandbox(
  asked: v.InferOutput<typeof parameterList>,
  { inputs, messages, tryInSandbox: send }: OpenOwnCallsDeps,
): Promise<void> {
  const parameters: Record<string, unknown> = {};
  for (const { name, value } of asked) {
    const given =
      value !== undefined
        ? value
        : await inputs.showInputBox({
            prompt: l10n.t('{0} is computed in the source. Which value shall be sent?', name),
            value: name.toUpperCase() === 'USER_ID' ? '1' : '',
            ignoreFocusOut: true,
          });
    if (given === undefined) {
      return;
    }
    parameters[name] = given;
  }
  const refusal = await send(parameters);
  const answer = refusal
    ? l10n.t('The sandbox refused the call: {0}.', plainText(refusal.code))
    : l10n.t('The sandbox answered true.');
  const ignored = asked.map(({ name }) => name).filter((name) => !isKnownParameter(name));
  const rest =
    ignored.length > 0 ? [l10n.t('It ignored: {0}.', plainText(ignored.join(', ')))] : [];
  messages.inform([answer, ...rest].join(' '));
}
