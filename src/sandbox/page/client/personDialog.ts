/// <reference lib="dom" />
import type { Device, Presence, SandboxUser } from '../../controlApi';
import type { ControlClient } from './controlClient';
import type { DomTools } from './domTools';
import type { PageTexts } from './pageTexts';

/** Runs in the browser. Changes one person and their phone; each change takes effect at once. */
export class PersonDialog {
  readonly #dom: DomTools;
  readonly #texts: PageTexts;
  readonly #control: ControlClient;
  readonly #dialog: HTMLDialogElement;
  readonly #presence: HTMLSelectElement;
  readonly #deviceButtons: readonly HTMLInputElement[];
  readonly #switches: Record<
    'push' | 'smartFilter' | 'notificationsRing' | 'active' | 'admin' | 'appAccess',
    HTMLInputElement
  >;
  #id = 0;

  constructor(dom: DomTools, texts: PageTexts, control: ControlClient) {
    this.#dom = dom;
    this.#texts = texts;
    this.#control = control;
    this.#dialog = dom.byId('person', HTMLDialogElement);
    this.#presence = dom.byId('person-presence', HTMLSelectElement);
    this.#deviceButtons = [
      ...this.#dialog.querySelectorAll<HTMLInputElement>('input[name=device]'),
    ];
    this.#switches = {
      push: dom.byId('person-push', HTMLInputElement),
      smartFilter: dom.byId('person-smart', HTMLInputElement),
      notificationsRing: dom.byId('person-ring', HTMLInputElement),
      active: dom.byId('person-active', HTMLInputElement),
      admin: dom.byId('person-admin', HTMLInputElement),
      appAccess: dom.byId('person-access', HTMLInputElement),
    };
    this.#listen();
  }

  open(user: SandboxUser): void {
    this.#id = user.id;
    this.#show(user);
    this.#dialog.showModal();
  }

  update(users: readonly SandboxUser[]): void {
    const user = users.find((one) => one.id === this.#id);
    if (this.#dialog.open && user) {
      this.#show(user);
    }
  }

  #listen(): void {
    const devices: readonly Device[] = ['ios', 'android', 'none'];
    const presences: readonly Presence[] = [
      'offline',
      'mobile',
      'browser',
      'desktop',
      'desktopIdle',
    ];
    for (const button of this.#deviceButtons) {
      button.addEventListener('change', () => {
        const device = devices.find((kind) => kind === button.value);
        if (device) {
          this.#change({ device });
        }
      });
    }
    this.#presence.addEventListener('change', () => {
      const presence = presences.find((kind) => kind === this.#presence.value);
      if (presence) {
        this.#change({ presence });
      }
    });
    for (const [field, box] of Object.entries(this.#switches)) {
      box.addEventListener('change', () => this.#change({ [field]: box.checked }));
    }
    this.#dom
      .byId('person-close', HTMLButtonElement)
      .addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('click', (event) => {
      // The target is the dialog itself only when the click was beside its content.
      if (event.target === this.#dialog) {
        this.#dialog.close();
      }
    });
  }

  #change(fields: Partial<Omit<SandboxUser, 'id' | 'name'>>): void {
    void this.#control.patch({ users: [{ id: this.#id, ...fields }] });
  }

  #show(user: SandboxUser): void {
    this.#dom.setText(this.#dom.byId('person-name', HTMLElement), user.name);
    this.#dom.setText(this.#dom.byId('person-line', HTMLElement), this.#texts.personLine(user));
    for (const button of this.#deviceButtons) {
      button.checked = button.value === user.device;
    }
    this.#presence.value = user.presence;
    this.#switches.push.checked = user.push;
    this.#switches.smartFilter.checked = user.smartFilter;
    this.#switches.notificationsRing.checked = user.notificationsRing;
    this.#switches.active.checked = user.active;
    this.#switches.admin.checked = user.admin;
    this.#switches.appAccess.checked = user.appAccess;
  }
}
