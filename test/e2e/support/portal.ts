import type {
  Fault,
  RecordedPush,
  RecordedRequest,
  StatePatch,
} from '../../../src/sandbox/controlApi';
import { until } from './until';

/** The sandbox portal through its control API, as scripts use it. */
export class Portal {
  readonly #control: string;
  readonly origin: string;
  #passed = 0;

  constructor(info: { portal: string; control: string }) {
    this.#control = info.control;
    this.origin = info.portal;
  }

  pushes(): Promise<RecordedPush[]> {
    return this.#json<RecordedPush[]>('/pushes');
  }

  requests(): Promise<RecordedRequest[]> {
    return this.#json<RecordedRequest[]>('/requests');
  }

  /** Waits until so many pushes were taken, and says which. */
  async pushesWhen(count: number): Promise<RecordedPush[]> {
    return until(`${count} pushes at the portal`, async () => {
      const pushes = await this.pushes();
      return pushes.length >= count ? pushes : undefined;
    });
  }

  /** How often a method was called, whatever came of it. */
  async calls(method: string): Promise<number> {
    return (await this.requests()).filter((request) => request.method === method).length;
  }

  async patch(state: StatePatch): Promise<void> {
    await this.#json('/state', 'PATCH', state);
  }

  /** So many seconds pass, also for what was given out after time had passed in an earlier test. */
  async pass(seconds: number): Promise<void> {
    this.#passed += seconds;
    await this.patch({ clockOffset: this.#passed });
  }

  async fault(fault: Fault): Promise<void> {
    await this.#json('/faults', 'POST', fault);
  }

  async clearFaults(): Promise<void> {
    await this.#json('/faults', 'DELETE');
  }

  async reset(): Promise<void> {
    await this.#json('/reset', 'POST', {});
  }

  async #json<T>(address: string, method = 'GET', body?: unknown): Promise<T> {
    const answer = await fetch(this.#control + address, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!answer.ok) {
      throw new Error(`${method} ${address}: ${answer.status} ${await answer.text()}`);
    }
    return (await answer.json()) as T;
  }
}
