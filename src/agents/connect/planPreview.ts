import { EventEmitter, Uri, commands, window, workspace } from 'vscode';
import type { TextDocumentContentProvider } from 'vscode';
import { DisposableStore } from '../../common/dispose';
import type { FilePlan } from './filePlan';

const scheme = 'bitrix24-push-agents';

/** Shows what files will become, beside what they are, in read-only editors. Nothing of it is written anywhere. */
export class PlanPreview implements TextDocumentContentProvider {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<Uri>());
  readonly #texts = new Map<string, string>();
  #isRegistered = false;

  readonly onDidChange = this.#changed.event;

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Opens one editor with all files. */
  async show(title: string, files: readonly FilePlan[]): Promise<void> {
    if (!this.#isRegistered) {
      this.#isRegistered = true;
      this.#owned.add(workspace.registerTextDocumentContentProvider(scheme, this));
    }
    await commands.executeCommand(
      'vscode.changes',
      title,
      files.map(({ path, before = '', after = '' }) => [
        Uri.file(path),
        this.#document(path, 'before', before),
        this.#document(path, 'after', after),
      ]),
    );
  }

  /** Closes the editor, and forgets what the files contain. */
  async close(title: string): Promise<void> {
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
    // VS Code adds how many files there are: "What Is Added for Claude Code (2 files)".
    const ours = tabs.filter(({ label }) => label === title || label.startsWith(`${title} (`));
    await window.tabGroups.close(ours);
    this.#texts.clear();
  }

  dispose(): void {
    this.#owned.dispose();
    this.#texts.clear();
  }

  #document(path: string, side: 'before' | 'after', text: string): Uri {
    // The path of the file tells its language.
    const uri = Uri.file(path).with({ scheme, query: side });
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    return uri;
  }
}
