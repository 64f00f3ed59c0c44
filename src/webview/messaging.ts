import * as v from 'valibot';
import { parseToForm } from '../form/protocol';
import type { FormCommand, FromForm, ToForm } from '../form/protocol';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** VS Code defines this function in every webview's page; it may be called once. */
declare function acquireVsCodeApi(): VsCodeApi;

type Result = Extract<ToForm, { type: 'reply' }>['result'];
type WithId = Extract<FromForm, { id: number }>;
/** A message that gets a reply, without its `id`. The conditional types apply `Omit` to each member of the union. */
export type Request = WithId extends infer R ? (R extends WithId ? Omit<R, 'id'> : never) : never;

const uiStateSchema = v.fallback(
  v.object({ platform: v.picklist(['ios', 'android']), open: v.boolean() }),
  { platform: 'ios', open: false },
);
/** The page's own settings, which VS Code keeps while the page is hidden. The draft is not among them. */
export type UiState = v.InferOutput<typeof uiStateSchema>;

/** The page's messages to and from the host (src/form/protocol.ts). */
export class Messaging {
  readonly #api = acquireVsCodeApi();
  readonly #pending = new Map<number, (result: Result) => void>();
  #lastId = 0;

  /** Calls `handle` for every message that is not a reply. Malformed messages are ignored. */
  listen(handle: (message: Exclude<ToForm, { type: 'reply' }>) => void): void {
    window.addEventListener('message', (event) => {
      // VS Code delivers the host's messages from a frame of the page's own origin; anything else is not the host.
      if (event.origin !== window.origin) {
        return;
      }
      const message = parseToForm(event.data);
      if (message?.type === 'reply') {
        const settle = this.#pending.get(message.id);
        this.#pending.delete(message.id);
        settle?.(message.result);
      } else if (message) {
        handle(message);
      }
    });
  }

  post(message: FromForm): void {
    this.#api.postMessage(message);
  }

  /** Resolves with the host's reply, which always comes; never rejects. */
  request(request: Request): Promise<Result> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#api.postMessage({ ...request, id });
    });
  }

  /** Runs a command of the host; its failure is told by the host. */
  run(command: FormCommand, person?: number): void {
    void this.request({ type: 'command', command, person });
  }

  get ui(): UiState {
    return v.parse(uiStateSchema, this.#api.getState());
  }

  set ui(state: UiState) {
    this.#api.setState(state);
  }
}
