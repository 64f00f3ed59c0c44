import type { Frame, Locator } from 'playwright-core';
import { until } from './until';
import type { Workbench } from './workbench';

/** The form in the side bar, as its user finds things: by role and name. The frame is new whenever the view was hidden. */
export class PushForm {
  readonly frame: Frame;

  private constructor(frame: Frame) {
    this.frame = frame;
  }

  /** Opens the form where it is not open yet. */
  static async in(workbench: Workbench): Promise<PushForm> {
    const form = new PushForm(await workbench.form());
    await form.to.waitFor();
    return form;
  }

  /** The form that comes back by itself with its view. */
  static async again(workbench: Workbench): Promise<PushForm> {
    const form = new PushForm(await until('the form', () => workbench.formFrame()));
    await form.to.waitFor();
    return form;
  }

  get to(): Locator {
    return this.frame.getByRole('combobox', { name: 'To' });
  }

  get text(): Locator {
    return this.frame.getByRole('textbox', { name: 'Text' });
  }

  get avatar(): Locator {
    return this.frame.getByRole('textbox', { name: 'Avatar' });
  }

  /** Says to how many people. */
  get send(): Locator {
    return this.frame.locator('#send');
  }

  get sendToMe(): Locator {
    return this.frame.getByRole('button', { name: 'Send to me' });
  }

  get chips(): Locator {
    return this.frame.getByRole('list', { name: 'Chosen people' }).locator('.chip-name');
  }

  get options(): Locator {
    return this.frame.getByRole('listbox', { name: 'People found' }).getByRole('option');
  }

  /** What can be filled in at an open brace of the text. */
  get fillings(): Locator {
    return this.frame.locator('#placeholders').getByRole('option');
  }

  /** The line that tells of success. */
  get accepted(): Locator {
    return this.frame.locator('.outcome.accepted');
  }

  get problem(): Locator {
    return this.frame.getByRole('group', { name: 'What went wrong' });
  }

  /** The line about another push that may have arrived. */
  get earlier(): Locator {
    return this.frame.locator('.earlier');
  }

  /** The notification on the drawn phone. */
  get onPhone(): Locator {
    return this.frame.locator('.push-text');
  }

  /** Takes everybody out of it. */
  async clear(): Promise<void> {
    const removes = this.frame.locator('.chips .chip-remove');
    await until('nobody in the form', async () => {
      if ((await removes.count()) === 0) {
        return true;
      }
      await removes.first().click();
      return false;
    });
  }

  /** Finds somebody by a part of the name and clicks the line. */
  async choose(typed: string, name: string): Promise<void> {
    await this.to.fill(typed);
    await this.options.filter({ hasText: name }).click();
    await this.chips.filter({ hasText: name }).waitFor();
  }
}
