import { Diagnostic, DiagnosticSeverity, Range, languages, workspace } from 'vscode';
import type { TextDocument } from 'vscode';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import { FileChecker } from './fileDiagnostics';
import type { CheckedFile, FileFinding } from './fileDiagnostics';
import type { KnownPeople } from './fileKnowledge';
import { findingMessage } from './findingSentences';
import { pushFileLanguage } from './pushFileLanguage';

/** A pause in typing after which a file is checked. */
const pauseMs = 250;

/** What was found in a version of a document. */
export interface FoundInDocument extends CheckedFile {
  version: number;
}

interface Watched {
  checker: FileChecker;
  timer: NodeJS.Timeout | undefined;
  running: AbortController | undefined;
  found: FoundInDocument | undefined;
}

/** Shows what is wrong in each open push file. Typing never waits for it, and no portal is asked. */
export class DiagnosticPublisher implements Disposable {
  readonly #people: KnownPeople;
  readonly #log: Log;
  readonly #owned = new DisposableStore();
  readonly #collection = this.#owned.add(languages.createDiagnosticCollection('bitrix24Push'));
  readonly #watched = new Map<string, Watched>();

  constructor(people: KnownPeople, log: Log) {
    this.#people = people;
    this.#log = log;
    this.#owned.add(workspace.onDidOpenTextDocument((document) => this.#see(document, 0)));
    this.#owned.add(
      workspace.onDidChangeTextDocument(({ document }) => this.#see(document, pauseMs)),
    );
    this.#owned.add(workspace.onDidCloseTextDocument((document) => this.#forget(document)));
    this.#owned.add(
      people.onDidChange(() => {
        for (const { checker } of this.#watched.values()) {
          checker.forget();
        }
        this.#seeAll(pauseMs);
      }),
    );
    this.#seeAll(0);
  }

  dispose(): void {
    for (const watched of this.#watched.values()) {
      stop(watched);
    }
    this.#watched.clear();
    this.#owned.dispose();
  }

  /** What is wrong in the document as it is now; undefined while that is not known yet. */
  foundIn(document: TextDocument): FoundInDocument | undefined {
    const found = this.#watched.get(document.uri.toString())?.found;
    return found?.version === document.version ? found : undefined;
  }

  #seeAll(delayMs: number): void {
    workspace.textDocuments.forEach((document) => this.#see(document, delayMs));
  }

  #see(document: TextDocument, delayMs: number): void {
    if (document.languageId !== pushFileLanguage) {
      return;
    }
    const key = document.uri.toString();
    const watched = this.#watched.get(key) ?? {
      ...{ checker: new FileChecker(this.#people), found: undefined },
      ...{ timer: undefined, running: undefined },
    };
    this.#watched.set(key, watched);
    stop(watched);
    watched.timer = setTimeout(() => {
      const running = new AbortController();
      watched.running = running;
      this.#check(document, watched, running.signal).catch((error: unknown) => {
        if (!running.signal.aborted) {
          this.#log.warn(`A push file could not be checked: ${String(error)}`);
        }
      });
    }, delayMs);
  }

  async #check(document: TextDocument, watched: Watched, signal: AbortSignal): Promise<void> {
    const { version } = document;
    const checked = await watched.checker.check(document.getText(), signal);
    if (!signal.aborted && document.version === version && !document.isClosed) {
      watched.found = { ...checked, version };
      const diagnostics = checked.findings.map((one) => diagnosticOf(document, one));
      this.#collection.set(document.uri, diagnostics);
    }
  }

  #forget(document: TextDocument): void {
    const key = document.uri.toString();
    const watched = this.#watched.get(key);
    if (watched) {
      stop(watched);
      this.#watched.delete(key);
      this.#collection.delete(document.uri);
    }
  }
}

export function rangeOf(
  document: TextDocument,
  { start, end }: Pick<FileFinding, 'start' | 'end'>,
): Range {
  return new Range(document.positionAt(start), document.positionAt(end));
}

function diagnosticOf(document: TextDocument, finding: FileFinding): Diagnostic {
  const range = rangeOf(document, finding);
  const diagnostic = new Diagnostic(
    range,
    findingMessage(finding, document.getText(range)),
    finding.severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
  );
  diagnostic.source = 'Bitrix24 Push';
  diagnostic.code = finding.code;
  return diagnostic;
}

function stop(watched: Watched): void {
  clearTimeout(watched.timer);
  watched.running?.abort();
}
