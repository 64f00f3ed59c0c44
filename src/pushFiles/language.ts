import { CodeActionKind, env, languages } from 'vscode';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { DiagnosticPublisher } from './diagnosticPublisher';
import { FileCompletion, completionTriggers } from './fileCompletion';
import type { FileCompletionDeps } from './fileCompletion';
import { FileHover } from './fileHover';
import type { FileHoverDeps } from './fileHover';
import { KnownPeople } from './fileKnowledge';
import type { FileKnowledgeDeps } from './fileKnowledge';
import { FileOutline } from './fileOutline';
import { FixProvider } from './fixProvider';
import { pushFileLanguage } from './pushFileLanguage';

export type PushFileLanguageDeps = FileKnowledgeDeps &
  Omit<FileCompletionDeps, 'known' | 'language'> &
  Omit<FileHoverDeps, 'known'>;

/** Diagnostics, quick fixes, completion, hover, outline and folding of push files. */
export function registerPushFileLanguage(deps: PushFileLanguageDeps): Disposable {
  const owned = new DisposableStore();
  const known = owned.add(new KnownPeople(deps));
  const publisher = owned.add(new DiagnosticPublisher(known, deps.log));
  const selector = { language: pushFileLanguage };
  const outline = new FileOutline();
  const completion = new FileCompletion({ ...deps, known, language: env.language });
  for (const one of [
    languages.registerCodeActionsProvider(selector, new FixProvider(publisher), {
      providedCodeActionKinds: [CodeActionKind.QuickFix],
    }),
    languages.registerCompletionItemProvider(selector, completion, ...completionTriggers),
    languages.registerHoverProvider(selector, new FileHover({ ...deps, known })),
    languages.registerDocumentSymbolProvider(selector, outline),
    languages.registerFoldingRangeProvider(selector, outline),
  ]) {
    owned.add(one);
  }
  return owned;
}
