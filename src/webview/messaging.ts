import * as v from 'valibot';
import { parseToForm } from '../form/protocol';
import type { FromForm, ProblemView, ReplyValue, ToForm } from '../form/protocol';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** Given to every webview's page by VS Code; may be called once. */
declare function acquireVsCodeApi(): VsCodeApi;

type Result = { ok: true; value: ReplyValue } | { ok: false; problem: ProblemView | undefined };
type WithId = Extract<FromForm, { id: number }>;
/** A request before it has its number. Distributes over the union. */
export type Request = WithId extends infer R ? (R extends WithId ? Omit<R, 'id'> : never) : never;

const uiStateSchema = v.object({
  platform: v.optional(v.picklist(['ios', 'android']), 'ios'),
  open: v.optional(v.boolean(), false),
});
/** What the page itself remembers while it is hidden; the draft is not in it. */
export type UiState = v.InferOutput<typeof uiStateSchema>;

/** A quick request (search, match) is given up after this; sends have no limit, the host ends them. */
const timeouts = { search: 30_000, match: 120_000 };

/** The page's end of the line. */
export class Messaging {
  readonly #api = acquireVsCodeApi();
  readonly #pending = new Map<number, (result: Result) => void>();
  #lastId = 0;

  /** Hands over every message that is not a reply; wrong ones are passed over. */
  listen(handle: (message: Exclude<ToForm, { type: 'reply' }>) => void): void {
    window.addEventListener('message', (event) => {
      // VS Code hands the host's messages on from a frame of our own origin; nobody else has anything to say here.
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

  /** Resolves with the host's reply, also when it is a failure. */
  request(request: Request): Promise<Result> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      if (request.type === 'search' || request.type === 'match') {
        setTimeout(() => {
          if (this.#pending.delete(id)) {
            resolve({ ok: false, problem: undefined });
          }
        }, timeouts[request.type]);
      }
      this.#api.postMessage({ ...request, id });
    });
  }

  get ui(): UiState {
    const parsed = v.safeParse(uiStateSchema, this.#api.getState() ?? {});
    return parsed.success ? parsed.output : { platform: 'ios', open: false };
  }

  set ui(state: UiState) {
    this.#api.setState(state);
  }
}
