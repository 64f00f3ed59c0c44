import type { Device, Presence } from './controlApi';

/** One person of the portal. */
export interface Person {
  id: number;
  firstName: string;
  lastName: string;
  gender: 'F' | 'M';
  position: string;
  email: string;
  mobile: string;
  hasPhoto: boolean;
  departments: number[];
  admin: boolean;
  /** false: dismissed. */
  active: boolean;
  extranet: boolean;
  /** Ids of colleagues who share an extranet group with this extranet person. */
  sharesGroupWith: number[];
  device: Device;
  push: boolean;
  presence: Presence;
  smartFilter: boolean;
  appAccess: boolean;
  /** The Russian otchestvo, or a middle name; none by default. */
  secondName?: string;
  /** Days since the mobile app was last used, null for never. By default 1 with a phone and never without one. */
  lastMobileDays?: number | null;
  /** Days until the person is back from an absence; 0 (default): not absent. */
  absentDays?: number;
  /** Whether a notification makes the phone ring; true by default. */
  notificationsRing?: boolean;
  /** Phones besides the mobile one; none by default. */
  workPhone?: string;
  homePhone?: string;
  innerPhone?: string;
}

export interface Department {
  id: number;
  name: string;
  sort: number;
  /** null for the company itself. */
  parent: number | null;
  /** Id of the head; null for none. */
  head: number | null;
}

export interface Staff {
  people: Person[];
  departments: Department[];
}

/** Makes a company of twelve people who differ so that everything that can happen to a push happens to one of them. */
export function twelvePeople(): Staff {
  const departments: Department[] = [
    { id: 1, name: 'Acme', sort: 500, parent: null, head: 1 },
    { id: 2, name: 'IT', sort: 100, parent: 1, head: 5 },
    { id: 3, name: 'Разработка', sort: 100, parent: 2, head: 2 },
    { id: 4, name: 'Design', sort: 200, parent: 1, head: 3 },
    { id: 5, name: 'Отдел продаж', sort: 300, parent: 1, head: 9 },
    { id: 6, name: 'Маркетинг', sort: 100, parent: 5, head: 6 },
    { id: 7, name: 'Бухгалтерия', sort: 400, parent: 1, head: 7 },
  ];
  const people = [
    person(1, 'Анна', 'Петрова', 'F', 'Генеральный директор', [1], {
      admin: true,
      device: 'ios',
      workPhone: '+1 555 0100',
      homePhone: '+1 555 0191',
      innerPhone: '101',
    }),
    person(2, 'Иван', 'Сидоров', 'M', 'Ведущий разработчик', [3], { device: 'android' }),
    person(3, 'Maria', 'Kowalska', 'F', 'Product Designer', [4], {
      device: 'ios',
      presence: 'desktop',
    }),
    person(4, 'Олег', 'Лавров', 'M', 'Менеджер по продажам', [5], {
      device: 'android',
      active: false,
      hasPhoto: false,
    }),
    person(5, 'John', 'Carter', 'M', 'Head of IT', [2], {
      admin: true,
      device: 'android',
      presence: 'mobile',
    }),
    person(6, 'Екатерина', 'Орлова', 'F', 'Маркетолог', [6], {
      device: 'ios',
      presence: 'browser',
    }),
    person(7, 'Дмитрий', 'Ёлкин', 'M', 'Главный бухгалтер', [7], { device: 'none' }),
    person(8, 'Emma', 'Wilson', 'F', 'Contractor', [], {
      device: 'ios',
      extranet: true,
      sharesGroupWith: [1, 2, 3],
    }),
    person(9, 'Сергей', 'Кузнецов', 'M', 'Руководитель отдела продаж', [5], {
      device: 'android',
      push: false,
    }),
    person(10, 'Олеся', 'Фёдорова', 'F', 'Тестировщик', [3], {
      device: 'android',
      presence: 'browser',
      smartFilter: false,
      hasPhoto: false,
    }),
    person(11, 'Liam', "O'Brien", 'M', 'DevOps Engineer', [2, 3], {
      device: 'ios',
      presence: 'desktopIdle',
    }),
    person(12, 'Ольга', 'Смирнова', 'F', 'SMM-специалист', [6], {
      device: 'ios',
      appAccess: false,
    }),
  ];
  return { people, departments };
}

function person(
  id: number,
  firstName: string,
  lastName: string,
  gender: 'F' | 'M',
  position: string,
  departments: number[],
  differences: Partial<Person>,
): Person {
  return {
    id,
    firstName,
    lastName,
    gender,
    position,
    email: `user${String(id)}@acme.example`,
    mobile: `+1 555 01${String(id).padStart(2, '0')}`,
    hasPhoto: true,
    departments,
    admin: false,
    active: true,
    extranet: false,
    sharesGroupWith: [],
    device: 'none',
    push: true,
    presence: 'offline',
    smartFilter: true,
    appAccess: true,
    ...differences,
  };
}

export function fullName(person: Person): string {
  return `${person.firstName} ${person.lastName}`.trim();
}

/** @returns the days since the person last used the mobile app; null for never. */
export function lastMobileDays(person: Person): number | null {
  if (person.presence === 'mobile') {
    return 0;
  }
  if (person.lastMobileDays !== undefined) {
    return person.lastMobileDays;
  }
  return person.device === 'none' ? null : 1;
}

/** @returns true if a notification in the person's bell makes the phone ring. */
export function ringsOnNotifications(person: Person): boolean {
  const isReachable = person.active && person.device !== 'none' && person.push;
  return isReachable && (person.notificationsRing ?? true);
}

const PHOTO_COLOURS = ['#2f6fb3', '#7a4fa3', '#2f8a5f', '#b35a2f', '#a33f5f', '#4f6f7a'];

/** Draws a picture in place of a photo: the initials on a colour that depends on the id. */
export function photoSvg(person: Person): string {
  const initials = [person.firstName, person.lastName]
    .map((name) => Array.from(name)[0] ?? '')
    .join('')
    .toUpperCase()
    .replace(/[<>&'"]/g, '');
  const colour = PHOTO_COLOURS[person.id % PHOTO_COLOURS.length] ?? '#2f6fb3';
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" width="150" height="150" viewBox="0 0 150 150">' +
    `<rect width="150" height="150" fill="${colour}"/>` +
    '<text x="75" y="78" fill="#fff" font-family="system-ui, sans-serif" font-size="58"' +
    ` text-anchor="middle" dominant-baseline="middle">${initials}</text></svg>`
  );
}
