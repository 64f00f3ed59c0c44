/// <reference lib="dom" />
import type { Device, Presence, SandboxUser } from '../../controlApi';
import type { ControlClient } from './controlClient';
import type { DomTools } from './domTools';
import type { PhoneFacts } from './phoneFacts';

export type PersonDialog = ReturnType<typeof personDialog>;

/** Runs in the browser. What can be changed about one person and their phone; each change is made at once. */
export function personDialog(dom: DomTools, facts: PhoneFacts, control: ControlClient) {
  const dialog = dom.byId('person', HTMLDialogElement);
  const name = dom.byId('person-name', HTMLElement);
  const line = dom.byId('person-line', HTMLElement);
  const presence = dom.byId('person-presence', HTMLSelectElement);
  const devices = [...dialog.querySelectorAll<HTMLInputElement>('input[name=device]')];
  const switches = {
    push: dom.byId('person-push', HTMLInputElement),
    smartFilter: dom.byId('person-smart', HTMLInputElement),
    active: dom.byId('person-active', HTMLInputElement),
    admin: dom.byId('person-admin', HTMLInputElement),
    appAccess: dom.byId('person-access', HTMLInputElement),
  };
  const presences: Presence[] = ['offline', 'mobile', 'browser', 'desktop', 'desktopIdle'];
  const deviceKinds: Device[] = ['ios', 'android', 'none'];
  let id = 0;

  function change(fields: Partial<Omit<SandboxUser, 'id' | 'name'>>): void {
    void control.patch({ users: [{ id, ...fields }] });
  }

  for (const radio of devices) {
    radio.addEventListener('change', () => {
      const device = deviceKinds.find((kind) => kind === radio.value);
      if (device) {
        change({ device });
      }
    });
  }
  presence.addEventListener('change', () => {
    const chosen = presences.find((kind) => kind === presence.value);
    if (chosen) {
      change({ presence: chosen });
    }
  });
  switches.push.addEventListener('change', () => change({ push: switches.push.checked }));
  switches.smartFilter.addEventListener('change', () =>
    change({ smartFilter: switches.smartFilter.checked }),
  );
  switches.active.addEventListener('change', () => change({ active: switches.active.checked }));
  switches.admin.addEventListener('change', () => change({ admin: switches.admin.checked }));
  switches.appAccess.addEventListener('change', () =>
    change({ appAccess: switches.appAccess.checked }),
  );
  dom.byId('person-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    // A click on the dialog itself, not on what is in it, is a click beside it.
    if (event.target === dialog) {
      dialog.close();
    }
  });

  function show(user: SandboxUser): void {
    dom.setText(name, user.name);
    dom.setText(line, facts.personLine(user));
    for (const radio of devices) {
      radio.checked = radio.value === user.device;
    }
    presence.value = user.presence;
    switches.push.checked = user.push;
    switches.smartFilter.checked = user.smartFilter;
    switches.active.checked = user.active;
    switches.admin.checked = user.admin;
    switches.appAccess.checked = user.appAccess;
  }

  return {
    open(user: SandboxUser): void {
      id = user.id;
      show(user);
      dialog.showModal();
    },
    update(users: readonly SandboxUser[]): void {
      const user = users.find((one) => one.id === id);
      if (dialog.open && user) {
        show(user);
      }
    },
  };
}
