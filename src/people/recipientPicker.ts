import type { Picked, PickRequest, RecipientPickerDeps } from './pickerDeps';
import { PickerSession } from './pickerSession';

export type { Picked, PickRequest, QuickInputs, RecipientPickerDeps } from './pickerDeps';

/** Chooses people, departments and groups in a native quick pick. */
export class RecipientPicker {
  readonly #deps: RecipientPickerDeps;

  constructor(deps: RecipientPickerDeps) {
    this.#deps = deps;
  }

  async pick(request: PickRequest): Promise<Picked> {
    const session = new PickerSession(this.#deps, request);
    try {
      return await session.run();
    } finally {
      session.dispose();
    }
  }
}
