/// <reference lib="dom" />
import type { Fault, SandboxState, Snapshot, StatePatch } from '../../controlApi';
import type { ControlClient } from './controlClient';
import type { DomTools } from './domTools';
import type { PhoneFacts } from './phoneFacts';

export type Switchboard = ReturnType<typeof switchboard>;

/** Runs in the browser. The right column: everything that can be made to go wrong, always as the snapshot has it. */
export function switchboard(
  dom: DomTools,
  facts: PhoneFacts,
  control: ControlClient,
  renamedHost: string,
) {
  const pushAdd = 'pull.application.push.add';
  let latest: Snapshot | null = null;
  /** Who had the administrator's right before it was taken from everybody. */
  let formerAdmins: number[] = [];

  /** Switches that set a fault; on while it waits. */
  const faultSwitches: { id: string; fault: Fault }[] = [
    { id: 'fault-lost', fault: { method: pushAdd, action: 'cut', when: 'after' } },
    {
      id: 'fault-503',
      fault: {
        method: pushAdd,
        action: 'status',
        status: 503,
        error: 'QUERY_LIMIT_EXCEEDED',
        description: 'Too many requests',
        times: 2,
      },
    },
    { id: 'fault-html', fault: { method: pushAdd, action: 'html' } },
    { id: 'fault-hang', fault: { method: '*', action: 'hang', when: 'before', times: 0 } },
    { id: 'fault-refuse', fault: { method: '*', action: 'refuse', times: 0 } },
  ];

  /** Switches that change the portal's state. */
  const stateSwitches: {
    id: string;
    on: (state: SandboxState) => boolean;
    set: (on: boolean, state: SandboxState) => StatePatch;
  }[] = [
    {
      id: 'no-admin',
      on: (state) => !state.users.some((user) => user.admin && user.active),
      set: adminPatch,
    },
    { id: 'unpaid', on: (state) => !state.paid, set: (on) => ({ paid: !on }) },
    {
      id: 'renamed',
      on: (state) => state.renamedTo !== null,
      set: (on, state) => ({ renamedTo: on ? renamedHost || otherName(state.portal) : null }),
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

  const input = (id: string): HTMLInputElement => dom.byId(id, HTMLInputElement);

  for (const { id, fault } of faultSwitches) {
    const box = input(id);
    box.addEventListener('change', () => {
      const others = (latest?.faults ?? []).filter((waiting) => !sameFault(waiting, fault));
      void (box.checked ? control.addFault(survivable(fault)) : control.replaceFaults(others));
    });
  }
  for (const { id, set } of stateSwitches) {
    const box = input(id);
    box.addEventListener('change', () => {
      if (latest) {
        void control.patch(set(box.checked, latest.state));
      }
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-seconds]')) {
    button.addEventListener('click', () => {
      const seconds = Number(button.dataset['seconds']);
      const offset = latest?.state.clockOffset ?? 0;
      void control.patch({ clockOffset: seconds === 0 ? 0 : offset + seconds });
    });
  }
  const appName = input('app-name');
  appName.addEventListener('change', () => void control.patch({ appName: appName.value }));
  const scopes = input('app-scopes');
  scopes.addEventListener('change', () => {
    void control.patch({ scopes: scopes.value.split(/[\s,]+/).filter((code) => code !== '') });
  });
  dom
    .byId('clear-faults', HTMLButtonElement)
    .addEventListener('click', () => void control.replaceFaults([]));
  dom.byId('reset', HTMLButtonElement).addEventListener('click', () => void control.reset());

  /**
   * Refusing for ever shuts the portal's port. Where this page comes from that port itself, it would
   * shut itself out, so there the connections are closed one by one.
   */
  function survivable(fault: Fault): Fault {
    const portal = latest?.state.portal;
    const shutsPageOut = portal !== undefined && new URL(portal).port === location.port;
    return fault.action === 'refuse' && shutsPageOut ? { ...fault, times: 1_000_000 } : fault;
  }

  /** Everybody loses the right, so that the caller has it not, whoever is signed in. */
  function adminPatch(on: boolean, state: SandboxState): StatePatch {
    if (on) {
      formerAdmins = state.users.filter((user) => user.admin).map((user) => user.id);
      return { users: formerAdmins.map((id) => ({ id, admin: false })) };
    }
    const first = Math.min(...state.users.filter((user) => user.active).map((user) => user.id));
    const back = formerAdmins.length > 0 ? formerAdmins : [first];
    return { users: back.map((id) => ({ id, admin: true })) };
  }

  /** The other name of this machine, so that the renamed portal can really be reached. */
  function otherName(portal: string): string {
    const address = new URL(portal);
    address.hostname = address.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
    return address.host;
  }

  function sameFault(a: Fault, b: Fault): boolean {
    const key = (fault: Fault): string =>
      [
        fault.method,
        fault.action,
        'when' in fault ? fault.when : '',
        'error' in fault ? fault.error : '',
      ].join(' ');
    return key(a) === key(b);
  }

  /** What is being typed is left alone. */
  function setValue(field: HTMLInputElement, value: string): void {
    if (document.activeElement !== field && field.value !== value) {
      field.value = value;
    }
  }

  function tick(now: number): void {
    const offset = latest?.state.clockOffset ?? 0;
    const moved = offset === 0 ? 'as this computer' : `moved by ${offsetWords(offset)}`;
    dom.setText(
      dom.byId('clock-now', HTMLElement),
      `${new Date(now).toLocaleDateString('en-GB')} ${facts.clock(now, true)}, ${moved}`,
    );
  }

  /** E.g. 3631 as "1 h 31 s". */
  function offsetWords(seconds: number): string {
    const units: [string, number][] = [
      ['d', 86400],
      ['h', 3600],
      ['min', 60],
      ['s', 1],
    ];
    let rest = Math.round(Math.abs(seconds));
    const words: string[] = [];
    for (const [unit, size] of units) {
      if (rest >= size) {
        words.push(`${Math.floor(rest / size)} ${unit}`);
        rest %= size;
      }
    }
    return `${seconds < 0 ? '−' : '+'}${words.join(' ')}`;
  }

  function update(snapshot: Snapshot): void {
    latest = snapshot;
    const { state, faults } = snapshot;
    setValue(appName, state.appName);
    setValue(scopes, state.scopes.join(', '));
    dom.byId('no-name', HTMLElement).hidden = state.appName !== '';
    for (const { id, fault } of faultSwitches) {
      input(id).checked = faults.some((waiting) => sameFault(waiting, fault));
    }
    for (const { id, on } of stateSwitches) {
      input(id).checked = on(state);
    }
    dom.setText(
      dom.byId('renamed-to', HTMLElement),
      state.renamedTo === null ? '302 to the other name' : `302 to ${state.renamedTo}`,
    );
    const others = faults.filter(
      (waiting) => !faultSwitches.some(({ fault }) => sameFault(waiting, fault)),
    );
    dom.byId('other-faults', HTMLElement).hidden = others.length === 0;
    dom
      .byId('other-faults-list', HTMLElement)
      .replaceChildren(...others.map((fault) => dom.el('li', { text: facts.faultWords(fault) })));
    // The portal may be at another address than this page.
    const { portal } = state;
    const form = `/devops/edit/application/${state.app.integrationId}/`;
    dom.byId('list-link', HTMLAnchorElement).href = new URL('/devops/list/', portal).href;
    dom.byId('app-link', HTMLAnchorElement).href = new URL(form, portal).href;
  }

  return { update, tick };
}
