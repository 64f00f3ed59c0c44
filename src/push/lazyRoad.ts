import { lazy } from '../common/lazy';
import type { Draft } from './draft';
import type { Outcome } from './outcome';
import type { PushRoad, PushRoadDeps, SendOptions } from './pushRoad';

/** The road of a push, loaded when the first one is sent. */
export class LazyRoad implements Pick<PushRoad, 'send'> {
  readonly #road: () => Promise<PushRoad>;

  constructor(deps: PushRoadDeps) {
    this.#road = lazy(async () => {
      const { PushRoad } = await import('./pushRoad');
      return new PushRoad(deps);
    });
  }

  async send(draft: Draft, options: SendOptions): Promise<Outcome> {
    // As it is now, not as it may be once the road is there.
    const asked = structuredClone(draft);
    return await (await this.#road()).send(asked, options);
  }
}
