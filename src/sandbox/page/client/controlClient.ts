/// <reference lib="dom" />
import type { Fault, FoundUsers, LiveSnapshot, PushExcerpt, StatePatch } from '../../controlApi';

export type ControlClient = ReturnType<typeof controlClient>;

/** Runs in the browser. Speaks to the control API at `base`; `failed` hears what did not work, '' when it works again. */
export function controlClient(base: string, failed: (message: string) => void) {
  async function send(method: string, path: string, body?: unknown): Promise<void> {
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: { 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      failed(response.ok ? '' : `The sandbox refused the change (${response.status}).`);
    } catch {
      failed('The sandbox does not answer. Is it still running?');
    }
  }

  async function read(path: string): Promise<unknown> {
    const response = await fetch(`${base}${path}`);
    if (!response.ok) {
      throw new Error(`The sandbox answered ${response.status}.`);
    }
    return response.json();
  }

  /** The first `most` people who match, and what they were sent. Rejects when the sandbox does not answer. */
  async function find(
    words: string,
    most: number,
  ): Promise<FoundUsers & { pushes: PushExcerpt[] }> {
    const found = (await read(
      `/users?most=${most}&find=${encodeURIComponent(words)}`,
    )) as FoundUsers;
    const ids = found.users.map((user) => user.id).join(',');
    return { ...found, pushes: (await read(`/pushes?users=${ids}`)) as PushExcerpt[] };
  }

  /** Calls `heard` with each whole snapshot, and `live` with whether the connection stands. */
  function listen(heard: (snapshot: LiveSnapshot) => void, live: (on: boolean) => void): void {
    const source = new EventSource(`${base}/events`);
    source.addEventListener('open', () => live(true));
    source.addEventListener('message', (event) => {
      const snapshot: unknown = JSON.parse(String(event.data));
      if (isSnapshot(snapshot)) {
        heard(snapshot);
      }
    });
    source.addEventListener('error', () => {
      live(false);
      // The browser tries again by itself, except after an answer that was no event stream.
      if (source.readyState === EventSource.CLOSED) {
        setTimeout(() => listen(heard, live), 2000);
      }
    });
  }

  function isSnapshot(value: unknown): value is LiveSnapshot {
    return (
      typeof value === 'object' &&
      value !== null &&
      'state' in value &&
      typeof value.state === 'object' &&
      ['pushes', 'requests', 'faults'].every((key) =>
        Array.isArray((value as Record<string, unknown>)[key]),
      )
    );
  }

  return {
    listen,
    find,
    patch: (change: StatePatch): Promise<void> => send('PATCH', '/state', change),
    addFault: (fault: Fault): Promise<void> => send('POST', '/faults', fault),
    /** The API clears all faults at once, so those that stay are set again. */
    replaceFaults: async (faults: Fault[]): Promise<void> => {
      await send('DELETE', '/faults');
      if (faults.length > 0) {
        await send('POST', '/faults', faults);
      }
    },
    reset: (): Promise<void> => send('POST', '/reset'),
  };
}
