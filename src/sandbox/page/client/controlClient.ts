/// <reference lib="dom" />
import type {
  Fault,
  FoundUsers,
  LiveSnapshot,
  PushExcerpt,
  RecordedRequest,
  StatePatch,
} from '../../controlApi';
import type { PageWords } from './pageWords';

/** Runs in the browser. Calls the control API. */
export class ControlClient {
  readonly #base: string;
  readonly #words: PageWords;
  readonly #report: (message: string) => void;

  /**
   * @param base address of the control API
   * @param report shows why a change failed; it gets '' after a change that worked.
   */
  constructor(base: string, words: PageWords, report: (message: string) => void) {
    this.#base = base;
    this.#words = words;
    this.#report = report;
  }

  async #send(method: string, path: string, body?: unknown): Promise<void> {
    try {
      const response = await fetch(`${this.#base}${path}`, {
        method,
        headers: { 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      this.#report(
        response.ok
          ? ''
          : this.#words.text('The sandbox refused the change ({0}).', response.status),
      );
    } catch {
      this.#report(this.#words.text('The sandbox does not answer. Is it still running?'));
    }
  }

  async #read(path: string): Promise<unknown> {
    const response = await fetch(`${this.#base}${path}`);
    if (!response.ok) {
      throw new Error(`The sandbox answered ${response.status}.`);
    }
    return response.json();
  }

  /** Finds the first `most` people who match, and the pushes to them. Rejects when the sandbox does not answer. */
  async find(words: string, most: number): Promise<FoundUsers & { pushes: PushExcerpt[] }> {
    const found = (await this.#read(
      `/users?most=${most}&find=${encodeURIComponent(words)}`,
    )) as FoundUsers;
    const ids = found.users.map((user) => user.id).join(',');
    return { ...found, pushes: (await this.#read(`/pushes?users=${ids}`)) as PushExcerpt[] };
  }

  /** Finds the newest requests that match. @returns null when the sandbox does not answer. */
  async findRequests(filter: Record<string, string>): Promise<RecordedRequest[] | null> {
    const query = new URLSearchParams(filter).toString();
    return this.#read(`/requests?${query}`).then(
      (found) => found as RecordedRequest[],
      () => null,
    );
  }

  /** Reads one request with all its parameters; null when the sandbox has it no more. */
  async request(id: number): Promise<RecordedRequest | null> {
    return this.#read(`/requests?ids=${id}`).then(
      (found) => (found as RecordedRequest[])[0] ?? null,
      () => null,
    );
  }

  /** Calls `take` with each snapshot, and `connected` whenever the connection opens or breaks. */
  listen(take: (snapshot: LiveSnapshot) => void, connected: (on: boolean) => void): void {
    const source = new EventSource(`${this.#base}/events`);
    source.addEventListener('open', () => connected(true));
    source.addEventListener('message', (event) => {
      const snapshot: unknown = JSON.parse(String(event.data));
      if (this.#isSnapshot(snapshot)) {
        take(snapshot);
      }
    });
    source.addEventListener('error', () => {
      connected(false);
      // The browser connects again by itself, except after an answer that is not an event stream.
      if (source.readyState === EventSource.CLOSED) {
        setTimeout(() => this.listen(take, connected), 2000);
      }
    });
  }

  patch(change: StatePatch): Promise<void> {
    return this.#send('PATCH', '/state', change);
  }

  addFault(fault: Fault): Promise<void> {
    return this.#send('POST', '/faults', fault);
  }

  /** Clears all faults, because the API cannot clear one, and sets these again. */
  async replaceFaults(faults: Fault[]): Promise<void> {
    await this.#send('DELETE', '/faults');
    if (faults.length > 0) {
      await this.#send('POST', '/faults', faults);
    }
  }

  reset(): Promise<void> {
    return this.#send('POST', '/reset');
  }

  #isSnapshot(value: unknown): value is LiveSnapshot {
    return (
      typeof value === 'object' &&
      value !== null &&
      'state' in value &&
      typeof value.state === 'object' &&
      ['pushes', 'notifications', 'requests', 'faults'].every((key) =>
        Array.isArray((value as Record<string, unknown>)[key]),
      )
    );
  }
}
