import { Diagnostic, DiagnosticSeverity, EventEmitter, Range, languages, workspace } from 'vscode';
import type { TextDocument, Uri } from 'vscode';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { SecretFinding } from './findSecrets';
import { findOwnCalls } from './findOwnCalls';
import type { OwnCalls } from './findOwnCalls';
import { findingText } from './findingText';
import type { Finding } from './finding';
import { grammarOf } from './language';
import type { Span } from './value';

/** Findings by which Bitrix24 refuses the call, or fails at it. */
const refused: readonly string[] = [
  'textMissing',
  'textEmpty',
  'textZero',
  'avatarList',
  'webhook',
];

/** Longer sources are generated, and nobody looks at them. */
const longest = 2_000_000;
/** Between the last key press and a new look, ms. */
const pause = 300;
const none: OwnCalls = { calls: [], secrets: [] };

/** Reads each open source once for each of its versions, and keeps its diagnostics. */
export class SourceReader implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  readonly #diagnostics = this.#owned.add(languages.createDiagnosticCollection('bitrix24Push'));
  readonly #read = new WeakMap<TextDocument, { version: number; found: OwnCalls }>();
  readonly #pauses = new Map<TextDocument, NodeJS.Timeout>();
  /** Fires when lenses may be others than before though no source has changed. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#owned.add(workspace.onDidOpenTextDocument((document) => this.#show(document)));
    this.#owned.add(workspace.onDidChangeTextDocument(({ document }) => this.#later(document)));
    this.#owned.add(workspace.onDidCloseTextDocument((document) => this.#forget(document)));
    this.#owned.add(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('bitrix24Push.ownCalls')) {
          workspace.textDocuments.forEach((document) => this.#show(document));
          this.#changed.fire();
        }
      }),
    );
    workspace.textDocuments.forEach((document) => this.#show(document));
  }

  /** What a source has of calls and secrets; nothing where the setting is off. */
  read(document: TextDocument): OwnCalls {
    const grammar = grammarOf(document.languageId);
    if (!grammar || !isOn(document.uri)) {
      return none;
    }
    const before = this.#read.get(document);
    if (before?.version === document.version) {
      return before.found;
    }
    const text = document.getText();
    const found = text.length > longest ? none : findOwnCalls(text, grammar);
    this.#read.set(document, { version: document.version, found });
    return found;
  }

  dispose(): void {
    this.#pauses.forEach((timer) => clearTimeout(timer));
    this.#owned.dispose();
  }

  #later(document: TextDocument): void {
    if (grammarOf(document.languageId)) {
      clearTimeout(this.#pauses.get(document));
      this.#pauses.set(
        document,
        setTimeout(() => this.#show(document), pause),
      );
    }
  }

  #show(document: TextDocument): void {
    this.#pauses.delete(document);
    if (grammarOf(document.languageId) && !document.isClosed) {
      const { calls, secrets } = this.read(document);
      const all = [...calls.flatMap(({ findings }) => findings), ...secrets];
      this.#diagnostics.set(
        document.uri,
        all.map((finding) => diagnosticOf(finding, document)),
      );
    }
  }

  #forget(document: TextDocument): void {
    clearTimeout(this.#pauses.get(document));
    this.#pauses.delete(document);
    this.#diagnostics.delete(document.uri);
  }
}

export function rangeOf(document: TextDocument, { from, to }: Span): Range {
  return new Range(document.positionAt(from), document.positionAt(to));
}

function isOn(uri: Uri): boolean {
  return workspace.getConfiguration('bitrix24Push', uri).get('ownCalls') !== false;
}

function diagnosticOf(finding: Finding | SecretFinding, document: TextDocument): Diagnostic {
  const diagnostic = new Diagnostic(
    rangeOf(document, finding),
    findingText(finding),
    refused.includes(finding.code) ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
  );
  diagnostic.source = 'Bitrix24';
  diagnostic.code = finding.code;
  return diagnostic;
}
