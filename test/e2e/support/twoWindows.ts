import type { Sandbox } from '../../../src/sandbox/sandbox';
import { Portal } from './portal';
import { PushForm } from './pushForm';
import { stage } from './stage';
import type { Workbench } from './workbench';

/** Saved groups of the user: whom the pushes go to. */
export const [one, two, thousands] = ['Дежурный', 'Двойка', 'Тысячи'] as const;

/** Looks like a connection string; nothing listens there. Both windows have it in the file `deploy.env`. */
export const connection = 'postgres://deploy:Zq7kT0vLw9@db.acme.example:5432/prod';

/** Two windows of one user, in one browser, signed in to a portal that no other test uses. */
export class TwoWindows {
  readonly portal: Portal;
  readonly first: Workbench;
  readonly second: Workbench;
  readonly #sandbox: Sandbox;
  readonly #people: number;
  #open: Workbench[];

  private constructor(sandbox: Sandbox, people: number, first: Workbench, second: Workbench) {
    this.#sandbox = sandbox;
    this.#people = people;
    this.portal = new Portal(sandbox.info);
    this.first = first;
    this.second = second;
    this.#open = [first, second];
  }

  static async open(people: number): Promise<TwoWindows> {
    const sandbox = await stage.portalOf(people, 7);
    const first = await openWindow(sandbox, people);
    // One browser, as people have it: what it keeps is the same for both windows.
    return new TwoWindows(sandbox, people, first, await openWindow(sandbox, people, first));
  }

  /** Kills both windows and their VS Code, as if the machine went down. */
  async crash(): Promise<void> {
    await stage.crash(this.#sandbox);
    this.#open = [];
  }

  /** A window that starts after a crash. */
  async openAnew(): Promise<Workbench> {
    const workbench = await openWindow(this.#sandbox, this.#people);
    this.#open.push(workbench);
    return workbench;
  }

  async close(): Promise<void> {
    for (const workbench of this.#open.splice(0)) {
      await stage.close(workbench);
    }
  }
}

function openWindow(sandbox: Sandbox, people: number, beside?: Workbench): Promise<Workbench> {
  const ids = Array.from({ length: people }, (_, at) => at + 1);
  const groups = {
    [one]: { people: [2] },
    [two]: { people: [2, 6] },
    [thousands]: { people: ids },
  };
  return stage.workbench({
    sandbox,
    shared: true,
    ...(beside && { context: beside.context }),
    files: { 'deploy.env': `${connection}\n` },
    // Groups of a workspace would be asked about each time.
    userSettings: { 'bitrix24Push.groups': { [new URL(sandbox.info.portal).host]: groups } },
  });
}

/** Waits until VS Code asks this, in front of the other windows. */
export async function asks(workbench: Workbench, question: string): Promise<void> {
  await workbench.toFront();
  await workbench.dialog.getByText(question).waitFor();
}

/** Presses a button of the question. */
export function answer(workbench: Workbench, button: string): Promise<void> {
  return workbench.button(button, workbench.dialog).click();
}

/** The form with this text, to nobody but this group. */
export async function written(
  workbench: Workbench,
  group: string,
  text: string,
): Promise<PushForm> {
  await workbench.toFront();
  const form = await PushForm.in(workbench);
  await only(form, group);
  await form.text.fill(text);
  return form;
}

/** Chooses this group and nobody else. */
export async function only(form: PushForm, group: string): Promise<void> {
  await form.clear();
  await form.to.fill(group);
  await form.options.filter({ hasText: group }).click();
  await form.chips.first().waitFor();
}
