import type { Device, Presence } from './controlApi';
import {
  DEPARTMENT_KINDS,
  ENGLISH_FIRST_NAMES,
  ENGLISH_LAST_NAMES,
  HEAD_POSITIONS,
  inLatin,
  PLACES,
  RUSSIAN_FIRST_NAMES,
  RUSSIAN_LAST_NAMES,
  RUSSIAN_SECOND_NAMES,
  TRADES,
  womansSurname,
  type Language,
  type Trade,
} from './generatedNames';
import { twelvePeople, type Department, type Person, type Staff } from './staff';

export const DEFAULT_SEED = 1;
/** How many levels the department tree has, the company included. */
export const DEPARTMENT_LEVELS = 10;

const PEOPLE_PER_DEPARTMENT = 50;
/** Stays below the 2,500 departments that one batch of department.get can read (50 pages of 50). */
const MAX_DEPARTMENTS = 2000;

/**
 * Makes a company of `count` people: the twelve fixed ones, then generated ones with everything that
 * real portals have. The same count and seed always make the same company.
 */
export function generateStaff(count: number, seed: number): Staff {
  const staff = twelvePeople();
  const people = staff.people.slice(0, count);
  if (count <= staff.people.length) {
    return { people, departments: withHeadsOf(staff, people) };
  }

  const departments = growTree(staff.departments, count, new Dice(seed, 0));
  const makePerson = personMaker(departments, seed);
  for (let id = people.length + 1; id <= count; id++) {
    people.push(makePerson(id));
  }
  return { people, departments: departments.map(({ department }) => department) };
}

function withHeadsOf({ departments }: Staff, people: readonly Person[]): Department[] {
  return departments.map((department) => {
    const present = people.some(({ id }) => id === department.head);
    return { ...department, head: present ? department.head : null };
  });
}

interface Branch {
  department: Department;
  /** The level in the tree, 1 for the company. */
  level: number;
  language: Language;
  trade: Trade;
  /** The `departments` of everybody who works only here. All these people share this one list. */
  ids: number[];
}

/** Adds departments below the given ones. The first new ones form one chain down to the last level. */
function growTree(first: readonly Department[], people: number, dice: Dice): Branch[] {
  const branches: Branch[] = [];
  const byId = new Map<number, Branch>();
  const add = (department: Department, level: number, language: Language, trade: Trade) => {
    const branch = { department, level, language, trade, ids: [department.id] };
    branches.push(branch);
    byId.set(department.id, branch);
    return branch;
  };
  for (const department of first) {
    const above = department.parent === null ? undefined : byId.get(department.parent);
    const language = /[а-яё]/i.test(department.name) ? 'ru' : 'en';
    add(department, (above?.level ?? 0) + 1, language, dice.pick(TRADES));
  }

  let deepest = branches[2];
  const more = Math.min(MAX_DEPARTMENTS, Math.max(10, Math.round(people / PEOPLE_PER_DEPARTMENT)));
  for (let i = 0; i < more; i++) {
    const goesDown = deepest !== undefined && deepest.level < DEPARTMENT_LEVELS;
    let above: Branch | undefined = goesDown ? deepest : dice.pick(branches);
    while (above !== undefined && above.level >= DEPARTMENT_LEVELS) {
      above = byId.get(above.department.parent ?? 0);
    }
    if (above === undefined) {
      break;
    }
    const level = above.level + 1;
    const language = dice.chance(0.8) && level > 2 ? above.language : dice.language();
    const trade = level > 3 && dice.chance(0.6) ? above.trade : dice.pick(TRADES);
    const id = branches.length + 1;
    const department = {
      id,
      name: departmentName(level, language, trade, id, dice),
      sort: 100 * dice.whole(1, 9),
      parent: above.department.id,
      head: null,
    };
    const branch = add(department, level, language, trade);
    if (goesDown) {
      deepest = branch;
    }
  }
  return branches;
}

/** Makes a name such as "Отдел продаж, Казань" or "Sales Section 17". */
function departmentName(
  level: number,
  language: Language,
  { name }: Trade,
  id: number,
  dice: Dice,
): string {
  const kind = DEPARTMENT_KINDS[language][level - 1] ?? '';
  const plain = language === 'ru' ? `${kind} ${name.ru}` : `${name.en} ${kind}`;
  const mark = dice.pick(['place', 'number', 'both'] as const);
  const place = mark === 'number' ? '' : `, ${dice.pick(PLACES[language])}`;
  return `${plain}${mark === 'place' ? '' : ` ${String(id)}`}${place}`;
}

interface Name {
  language: Language;
  gender: 'F' | 'M';
  firstName: string;
  secondName: string;
  lastName: string;
}

function personMaker(branches: readonly Branch[], seed: number): (id: number) => Person {
  /** Caches names in Latin letters, because the same surname is needed many times. */
  const latin = new Map<string, string>();
  const mailName = (name: string): string => {
    const known = latin.get(name);
    if (known !== undefined) {
      return known;
    }
    const made = inLatin(name)
      .normalize('NFD')
      .toLowerCase()
      .replace(/[^a-z]/g, '');
    latin.set(name, made);
    return made;
  };

  return (id) => {
    const dice = new Dice(seed, id);
    // Two in a hundred have the whole name of an earlier person.
    const name = makeName(
      dice.chance(0.02) && id > 14 ? new Dice(seed, dice.whole(13, id - 1)) : dice,
    );
    const active = !dice.chance(0.06);
    const extranet = dice.chance(0.03);
    // The power makes some departments much larger than others.
    const branch = branches[1 + Math.floor((branches.length - 1) * dice.next() ** 1.4)];
    const other = dice.chance(0.03) ? dice.pick(branches).department.id : null;
    const home = branch?.ids ?? [];
    let position = dice.pick((branch?.trade ?? dice.pick(TRADES)).positions[name.language]);
    if (branch?.department.head === null && active && !extranet) {
      branch.department.head = id;
      position = HEAD_POSITIONS[name.language][branch.level - 1] ?? position;
    }
    const { device, lastMobileDays } = makePhone(dice);
    return {
      id,
      firstName: name.firstName,
      lastName: name.lastName,
      secondName: name.secondName,
      gender: name.gender,
      position: extranet || dice.chance(0.02) ? '' : position,
      email: `${mailName(name.firstName).slice(0, 1)}.${mailName(name.lastName)}.${String(id)}@acme.example`,
      mobile: `+7 000 ${String(id).padStart(7, '0')}`,
      hasPhoto: dice.chance(0.8),
      departments: extranet ? [] : other === null || other === home[0] ? home : [...home, other],
      admin: false,
      active,
      extranet,
      sharesGroupWith: extranet ? dice.pick(SHARED_GROUPS) : NOBODY,
      device,
      push: !dice.chance(0.04),
      presence: active ? makePresence(dice, device) : 'offline',
      smartFilter: !dice.chance(0.08),
      appAccess: true,
      lastMobileDays,
      absentDays: dice.chance(0.04) ? dice.whole(1, 28) : 0,
    };
  };
}

// Many people can share one list, because the sandbox replaces such lists and never changes them.
const SHARED_GROUPS: readonly number[][] = [[1], [1, 2, 3], [5], [2, 9]];
const NOBODY: number[] = [];

/** Depends only on `dice`, so that equal dice make people of the same name. */
function makeName(dice: Dice): Name {
  const language = dice.language();
  const gender = dice.chance(0.5) ? 'F' : 'M';
  if (language === 'en') {
    const secondName = dice.chance(0.15) ? dice.pick(ENGLISH_FIRST_NAMES[gender]) : '';
    const firstName = dice.pick(ENGLISH_FIRST_NAMES[gender]);
    return { language, gender, firstName, secondName, lastName: dice.pick(ENGLISH_LAST_NAMES) };
  }
  const father = dice.chance(0.7) ? dice.pick(RUSSIAN_SECOND_NAMES) : '';
  const surname = dice.pick(RUSSIAN_LAST_NAMES);
  const name = {
    firstName: dice.pick(RUSSIAN_FIRST_NAMES[gender]),
    secondName: father === '' ? '' : father + (gender === 'F' ? 'на' : 'ич'),
    lastName: gender === 'F' ? womansSurname(surname) : surname,
  };
  const spelling = dice.next();
  const write = (text: string): string =>
    spelling < 0.04
      ? inLatin(text)
      : spelling < 0.3
        ? text.replaceAll('ё', 'е').replaceAll('Ё', 'Е')
        : text;
  return {
    language,
    gender,
    firstName: write(name.firstName),
    secondName: write(name.secondName),
    lastName: write(name.lastName),
  };
}

/**
 * Makes a phone, or a date on which a phone was last used. The server forgets a phone after 14 days
 * (docs/bitrix24.md, section 8), but some people here have lost theirs earlier.
 */
function makePhone(dice: Dice): { device: Device; lastMobileDays: number | null } {
  const kind = dice.next();
  const device = dice.chance(0.55) ? 'android' : 'ios';
  if (kind < 0.78) {
    return { device, lastMobileDays: 13 * dice.next() ** 4 };
  }
  if (kind < 0.88) {
    return { device: 'none', lastMobileDays: null };
  }
  if (kind < 0.98) {
    return { device: 'none', lastMobileDays: dice.whole(15, 400) };
  }
  return { device: 'none', lastMobileDays: dice.whole(1, 13) };
}

function makePresence(dice: Dice, device: Device): Presence {
  const where = dice.next();
  if (where < 0.6) {
    return 'offline';
  }
  if (where < 0.7) {
    return device === 'none' ? 'offline' : 'mobile';
  }
  if (where < 0.84) {
    return 'browser';
  }
  return where < 0.95 ? 'desktop' : 'desktopIdle';
}

/** Generates pseudo-random numbers (mulberry32) that are the same for the same seed and person. */
class Dice {
  #state: number;

  constructor(seed: number, person: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(person + 1, 0x85ebca6b)) >>> 0;
    this.next();
  }

  /** @returns a number from 0 to just below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** @returns a whole number; both ends are included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[Math.floor(this.next() * from.length)];
    if (picked === undefined) {
      throw new RangeError('There is nothing to pick from.');
    }
    return picked;
  }

  language(): Language {
    return this.chance(0.68) ? 'ru' : 'en';
  }
}
