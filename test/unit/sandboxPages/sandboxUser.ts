import type { SandboxUser } from '../../../src/sandbox/controlApi';

/** A person with an iPhone whom nothing keeps from getting pushes. */
export function sandboxUser(change: Partial<SandboxUser> & { id: number }): SandboxUser {
  return {
    firstName: 'Ada',
    secondName: '',
    lastName: 'Lovelace',
    name: 'Ada Lovelace',
    position: '',
    email: '',
    photo: '',
    departments: [1],
    admin: false,
    active: true,
    extranet: false,
    device: 'ios',
    push: true,
    presence: 'offline',
    smartFilter: true,
    appAccess: true,
    lastMobileDays: 1,
    absentDays: 0,
    notificationsRing: true,
    ...change,
  };
}
