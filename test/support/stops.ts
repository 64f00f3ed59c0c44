import { setTimeout } from 'node:timers/promises';
import type { TokenStore } from '../../src/accounts/tokenStore';
import { Bitrix24Error } from '../../src/bitrix24/errors';
import type { Transport } from '../../src/bitrix24/transport';
import type { Clock } from '../../src/common/clock';
import { actionsOf, summaryOf } from '../../src/push/push';
import { openPushWindow, stateOf } from '../faults/pushWindow';
import type { PushWindowOptions } from '../faults/pushWindow';

/**
 * The moments at which a test stops a window, as a laptop's lid or a debugger would: in a pause that the portal asked
 * for, between two tries to connect, before it waits for the lock, while its refresh is on the wire, or just before a POST.
 */
export const stopPoints = ['pause', 'reconnect', 'lock', 'refresh', 'post'] as const;
export type StopPoint = (typeof stopPoints)[number];

/** Shorter sleeps are none of the pauses. */
const pauseMs = 300;

/** Stops this process at the point that is asked for, once. */
export class Stops {
  at: StopPoint | undefined;

  onWire(wire: Transport): Transport {
    return {
      send: async (request) => {
        if (request.url.pathname.startsWith('/oauth/token')) {
          const answer = wire.send(request);
          await setTimeout(this.at === 'refresh' ? 150 : 0);
          this.#reach('refresh');
          return await answer;
        }
        if (this.at === 'reconnect') {
          const { host } = request.url;
          const [kind, phase, code] = ['refused', 'notSent', 'ECONNREFUSED'] as const;
          throw new Bitrix24Error({ kind, phase, code, host });
        }
        this.#reach('post');
        return await wire.send(request);
      },
    };
  }

  inPauses(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      sleep: (ms, signal) => {
        // The deadline of a refresh is no pause.
        if (ms >= pauseMs && ms <= 5_000) {
          this.#reach('pause');
          this.#reach('reconnect');
        }
        return clock.sleep(ms, signal);
      },
    };
  }

  beforeLock(store: TokenStore): void {
    const alone = store.alone.bind(store);
    store.alone = async <T>(...request: Parameters<typeof alone<T>>) => {
      // What is written meanwhile has locks of its own.
      await setTimeout(this.at === 'lock' ? 150 : 0);
      this.#reach('lock');
      return await alone(...request);
    };
  }

  #reach(point: StopPoint): void {
    if (this.at === point) {
      this.at = undefined;
      process.kill(process.pid, 'SIGSTOP');
    }
  }
}

/** What a window finds that takes all others for ended, after its user has sent again what was not sent. */
export async function recoveredStates(options: PushWindowOptions): Promise<string[]> {
  const window = await openPushWindow({ ...options, fateOf: () => 'ended' });
  try {
    await window.service.recover();
    const states: string[] = [];
    for (const push of await window.store.open()) {
      const [action] = actionsOf(push).filter((one) => one === 'retry' || one === 'sendToRest');
      states.push(
        action ? stateOf(await window.service.act(push.id, action)) : summaryOf(push).state,
      );
    }
    return states;
  } finally {
    await window.close();
  }
}
