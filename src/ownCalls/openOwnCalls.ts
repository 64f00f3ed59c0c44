import { commands, languages } from 'vscode';
import * as v from 'valibot';
import { ownCallCommands } from '../common/commands';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { ownCallLanguages } from './language';
import { OwnCallFixes } from './ownCallFixes';
import { OwnCallLenses } from './ownCallLenses';
import type { FormContent } from './sentParameters';
import { SourceReader } from './sourceReader';
import { tryInSandbox } from './tryInSandbox';
import type { TryInSandboxDeps } from './tryInSandbox';

export interface OpenOwnCallsDeps extends TryInSandboxDeps {
  openInForm: (content: FormContent) => Promise<void>;
  /** Runs what a command does, and tells what went wrong. */
  guard: (work: () => Promise<unknown>) => Promise<unknown>;
}

/** The argument of the lens: anybody may call a command. */
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
      guard(() => tryInSandbox(argument, deps)),
    ),
  );
  owned.add(
    commands.registerCommand(ownCallCommands.openInForm, (argument: unknown) =>
      guard(() => openInForm(v.parse(content, argument))),
    ),
  );
  return owned;
}
