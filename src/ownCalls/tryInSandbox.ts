import * as v from 'valibot';
import { l10n } from 'vscode';
import type { Bitrix24Error } from '../bitrix24/errors';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import { isKnownParameter } from './judge';

export interface TryInSandboxDeps {
  /** Sends the parameters to the sandbox; resolves with its refusal, or with undefined for `true`. */
  tryInSandbox: (parameters: Record<string, unknown>) => Promise<Bitrix24Error | undefined>;
  messages: Pick<Messages, 'inform'>;
  inputs: {
    showInputBox(options: {
      prompt: string;
      value: string;
      ignoreFocusOut: boolean;
    }): Thenable<string | undefined>;
  };
}

/** The argument of the lens: anybody may call a command. */
const parameterList = v.array(v.object({ name: v.string(), value: v.optional(v.unknown()) }));

/** Asks for what the source computes, sends, and tells what the portal answered and what it ignored. */
export async function tryInSandbox(
  argument: unknown,
  { inputs, messages, tryInSandbox: send }: TryInSandboxDeps,
): Promise<void> {
  const asked = v.parse(parameterList, argument);
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
