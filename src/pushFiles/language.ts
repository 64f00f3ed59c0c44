import { CodeActionKind, env, languages } from 'vscode';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import { DiagnosticPublisher } from './diagnosticPublisher';
import { FileCompletion, completionTriggers } from './fileCompletion';
import type { FileCompletionDeps } from './fileCompletion';
import { FileHover } from './fileHover';
import type { FileHoverDeps } from './fileHover';
import type { KnownPeople } from './fileKnowledge';
import { FileOutline } from './fileOutline';
import { FixProvider } from './fixProvider';
import { pushFileLanguage } from './pushFileLanguage';

export type PushFileLanguageDeps = Omit<FileCompletionDeps, 'known' | 'language'> &
  Omit<FileHoverDeps, 'known'> & { known: KnownPeople; log: Log };

/** Diagnostics, quick fixes, completion, hover, outline and folding of push files. */
export function registerPushFileLanguage(deps: PushFileLanguageDeps): Disposable {
  const owned = new DisposableStore();
  const { known } = deps;
  const publisher = owned.add(new DiagnosticPublisher(known, deps.log));
  const selector = { language: pushFileLanguage };
  const outline = new FileOutline();
  const completion = new FileCompletion({ ...deps, language: env.language });
  for (const one of [
    languages.registerCodeActionsProvider(selector, new FixProvider(publisher), {
      providedCodeActionKinds: [CodeActionKind.QuickFix],
    }),
    languages.registerCompletionItemProvider(selector, completion, ...completionTriggers),
    languages.registerHoverProvider(selector, new FileHover(deps)),
    languages.registerDocumentSymbolProvider(selector, outline),
    languages.registerFoldingRangeProvider(selector, outline),
  ]) {
    owned.add(one);
  }
  return owned;
}
