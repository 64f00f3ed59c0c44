/// <reference lib="dom" />
import type { Fault, SandboxState, Snapshot, StatePatch } from '../../controlApi';
import type { ControlClient } from './controlClient';
import type { DomTools } from './domTools';
import type { PageTexts } from './pageTexts';
import type { PageWords } from './pageWords';

/** Runs in the browser. Keeps the switches for what can go wrong, in the right column, as the snapshot says. */
export class Switchboard {
  readonly #dom: DomTools;
  readonly #words: PageWords;
  readonly #texts: PageTexts;
  readonly #control: ControlClient;
  readonly #renamedHost: string;
  readonly #controlOrigin: string;
  #latest: Snapshot | null = null;
  /** Ids of the administrators before the right was taken from everybody. */
  #formerAdmins: number[] = [];

  /** These switches set a fault and stay on until it has been played. */
  readonly #faultSwitches: readonly { id: string; fault: Fault }[] = [
    {
      id: 'fault-lost',
      fault: { method: 'pull.application.push.add', action: 'cut', when: 'after' },
    },
    {
      id: 'fault-503',
      fault: {
        method: 'pull.application.push.add',
        action: 'status',
        status: 503,
        error: 'QUERY_LIMIT_EXCEEDED',
        description: 'Too many requests',
        times: 2,
      },
    },
    { id: 'fault-html', fault: { method: 'pull.application.push.add', action: 'html' } },
    { id: 'fault-hang', fault: { method: '*', action: 'hang', when: 'before', times: 0 } },
    { id: 'fault-refuse', fault: { method: '*', action: 'refuse', times: 0 } },
  ];

  /** These switches change the portal's state. */
  readonly #stateSwitches: readonly {
    id: string;
    on: (state: SandboxState) => boolean;
    set: (on: boolean, state: SandboxState) => StatePatch;
  }[] = [
    {
      id: 'no-admin',
      on: (state) => !state.users.some((user) => user.admin && user.active),
      set: (on, state) => this.#adminPatch(on, state),
    },
    { id: 'unpaid', on: (state) => !state.paid, set: (on) => ({ paid: !on }) },
    {
      id: 'renamed',
      on: (state) => state.renamedTo !== null,
      set: (on) => ({ renamedTo: on ? this.#renamedHost : null }),
    },
    {
      id: 'strict',
      on: (s) => s.policy === 'strict',
      set: (on) => ({ policy: on ? 'strict' : 'source' }),
    },
    {
      id: 'documented',
      on: (state) => state.statuses === 'documented',
      set: (on) => ({ statuses: on ? 'documented' : 'source' }),
    },
    { id: 'push-disabled', on: (s) => !s.pushEnabled, set: (on) => ({ pushEnabled: !on }) },
    {
      id: 'operation-limit',
      on: (state) => state.operationLimitUntil > Date.now() + state.clockOffset * 1000,
      set: (on, state) => ({
        operationLimitUntil: on ? Date.now() + (state.clockOffset + 600) * 1000 : 0,
      }),
    },
    {
      id: 'uninstalled',
      on: (state) => !state.app.installed,
      set: (on) => ({ app: { installed: !on } }),
    },
    {
      id: 'unregistered',
      on: (state) => !state.app.registered,
      set: (on) => ({ app: { registered: !on } }),
    },
    { id: 'overloaded', on: (state) => state.overloaded, set: (on) => ({ overloaded: on }) },
    { id: 'deleted', on: (state) => state.deleted, set: (on) => ({ deleted: on }) },
    {
      id: 'commercial',
      on: (state) => state.refusals.plan,
      set: (on) => ({ refusals: { plan: on } }),
    },
    {
      id: 'user-context',
      on: (state) => state.refusals.userContext,
      set: (on) => ({ refusals: { userContext: on } }),
    },
    {
      id: 'no-connection',
      on: (state) => state.refusals.connection,
      set: (on) => ({ refusals: { connection: on } }),
    },
    {
      id: 'confirm-waiting',
      on: (state) => state.refusals.confirmation === 'waiting',
      set: (on) => ({ refusals: { confirmation: on ? 'waiting' : 'none' } }),
    },
    {
      id: 'confirm-denied',
      on: (state) => state.refusals.confirmation === 'denied',
      set: (on) => ({ refusals: { confirmation: on ? 'denied' : 'none' } }),
    },
    {
      id: 'webhook-blocked',
      on: (state) => state.refusals.webhookBlocked,
      set: (on) => ({ refusals: { webhookBlocked: on } }),
    },
    {
      id: 'https-required',
      on: (state) => state.refusals.httpsRequired,
      set: (on) => ({ refusals: { httpsRequired: on } }),
    },
  ];

  /**
   * @param hosts.renamedHost the host of the portal after "Portal was renamed"
   * @param hosts.controlOrigin serves this page, too, while "Portal is down" shuts the portal's port
   */
  constructor(
    dom: DomTools,
    words: PageWords,
    texts: PageTexts,
    control: ControlClient,
    hosts: { renamedHost: string; controlOrigin: string },
  ) {
    this.#dom = dom;
    this.#words = words;
    this.#texts = texts;
    this.#control = control;
    this.#renamedHost = hosts.renamedHost;
    this.#controlOrigin = hosts.controlOrigin;
    this.#listenToSwitches();
    this.#listenToFields();
  }

  #input(id: string): HTMLInputElement {
    return this.#dom.byId(id, HTMLInputElement);
  }

  #listenToSwitches(): void {
    for (const { id, fault } of this.#faultSwitches) {
      const box = this.#input(id);
      box.addEventListener('change', () => {
        const others = (this.#latest?.faults ?? []).filter(
          (waiting) => !this.#sameFault(waiting, fault),
        );
        void (box.checked ? this.#addFault(fault) : this.#control.replaceFaults(others));
      });
    }
    for (const { id, set } of this.#stateSwitches) {
      const box = this.#input(id);
      box.addEventListener('change', () => {
        if (this.#latest) {
          void this.#control.patch(set(box.checked, this.#latest.state));
        }
      });
    }
  }

  #listenToFields(): void {
    for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-seconds]')) {
      button.addEventListener('click', () => {
        const seconds = Number(button.dataset['seconds']);
        const offset = this.#latest?.state.clockOffset ?? 0;
        void this.#control.patch({ clockOffset: seconds === 0 ? 0 : offset + seconds });
      });
    }
    const appName = this.#input('app-name');
    appName.addEventListener('change', () => void this.#control.patch({ appName: appName.value }));
    const scopes = this.#input('app-scopes');
    scopes.addEventListener('change', () => {
      const codes = scopes.value.split(/[\s,]+/).filter((code) => code !== '');
      void this.#control.patch({ scopes: codes });
    });
    this.#dom
      .byId('clear-faults', HTMLButtonElement)
      .addEventListener('click', () => void this.#control.replaceFaults([]));
    this.#dom
      .byId('reset', HTMLButtonElement)
      .addEventListener('click', () => void this.#control.reset());
  }

  /**
   * Refusing for ever (`times: 0`) shuts the port of the portal. A page that came from there goes on at the
   * control API's own port, or, where that cannot be reached, the connections are refused one by one.
   */
  async #addFault(fault: Fault): Promise<void> {
    const portal = this.#latest?.state.portal;
    const shutsPageOut =
      fault.action === 'refuse' &&
      portal !== undefined &&
      [portal, `http://${this.#renamedHost}`].some((one) => new URL(one).port === location.port);
    if (!shutsPageOut) {
      await this.#control.addFault(fault);
    } else if (/^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(location.hostname)) {
      await this.#control.addFault(fault);
      location.assign(`${this.#controlOrigin}/sandbox/`);
    } else {
      await this.#control.addFault({ ...fault, times: 1_000_000 });
    }
  }

  /** Takes the administrator's right from everybody, because any of them may be the caller, or gives it back. */
  #adminPatch(on: boolean, state: SandboxState): StatePatch {
    if (on) {
      this.#formerAdmins = state.users.filter((user) => user.admin).map((user) => user.id);
      return { users: this.#formerAdmins.map((id) => ({ id, admin: false })) };
    }
    const first = Math.min(...state.users.filter((user) => user.active).map((user) => user.id));
    const back = this.#formerAdmins.length > 0 ? this.#formerAdmins : [first];
    return { users: back.map((id) => ({ id, admin: true })) };
  }

  #sameFault(a: Fault, b: Fault): boolean {
    const key = (fault: Fault): string =>
      [
        fault.method,
        fault.action,
        'when' in fault ? fault.when : '',
        'error' in fault ? fault.error : '',
      ].join(' ');
    return key(a) === key(b);
  }

  /** Sets the value, except while somebody types into the field. */
  #setValue(field: HTMLInputElement, value: string): void {
    if (document.activeElement !== field && field.value !== value) {
      field.value = value;
    }
  }

  tick(now: number): void {
    const offset = this.#latest?.state.clockOffset ?? 0;
    const moved =
      offset === 0
        ? this.#words.text('as this computer')
        : this.#words.text('moved by {0}', this.#offsetText(offset));
    this.#dom.setText(
      this.#dom.byId('clock-now', HTMLElement),
      `${this.#words.date(now)} ${this.#texts.clock(now, true)}, ${moved}`,
    );
  }

  /** Writes seconds as people say them, e.g. 3631 as "+1 h 31 s". */
  #offsetText(seconds: number): string {
    const units: [string, number][] = [
      ['{0} d', 86400],
      ['{0} h', 3600],
      ['{0} min', 60],
      ['{0} s', 1],
    ];
    let rest = Math.round(Math.abs(seconds));
    const parts: string[] = [];
    for (const [unit, size] of units) {
      if (rest >= size) {
        parts.push(this.#words.text(unit, Math.floor(rest / size)));
        rest %= size;
      }
    }
    return `${seconds < 0 ? '−' : '+'}${parts.join(' ')}`;
  }

  update(snapshot: Snapshot): void {
    this.#latest = snapshot;
    const { state, faults } = snapshot;
    this.#setValue(this.#input('app-name'), state.appName);
    this.#setValue(this.#input('app-scopes'), state.scopes.join(', '));
    this.#dom.byId('no-name', HTMLElement).hidden = state.appName !== '';
    for (const { id, fault } of this.#faultSwitches) {
      this.#input(id).checked = faults.some((waiting) => this.#sameFault(waiting, fault));
    }
    for (const { id, on } of this.#stateSwitches) {
      this.#input(id).checked = on(state);
    }
    this.#dom.setText(
      this.#dom.byId('renamed-to', HTMLElement),
      state.renamedTo === null
        ? this.#words.text('302 to the other name')
        : this.#words.text('302 to {0}', state.renamedTo),
    );
    const others = faults.filter(
      (waiting) => !this.#faultSwitches.some(({ fault }) => this.#sameFault(waiting, fault)),
    );
    this.#dom.byId('other-faults', HTMLElement).hidden = others.length === 0;
    this.#dom
      .byId('other-faults-list', HTMLElement)
      .replaceChildren(
        ...others.map((fault) => this.#dom.el('li', { text: this.#texts.faultText(fault) })),
      );
    // After a rename, the portal is at another address than this page.
    const { portal } = state;
    const form = `/devops/edit/application/${state.app.integrationId}/`;
    this.#dom.byId('list-link', HTMLAnchorElement).href = new URL('/devops/list/', portal).href;
    this.#dom.byId('app-link', HTMLAnchorElement).href = new URL(form, portal).href;
  }
}
