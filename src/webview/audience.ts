import type { DepartmentView, GroupView, Person } from '../form/protocol';
import { h, icon } from './dom';
import type { PageModel } from './pageModel';
import type { Words } from './words';

/** People and departments, as the host offers them or as they are added to the draft. */
export interface Audience {
  people?: readonly Person[];
  departments?: readonly DepartmentView[];
}

/** What can be chosen with one press: a person, a department or a saved group. */
export interface Choice {
  /** Unique among all choices. */
  key: string;
  name: string;
  /** The details that tell it from others of the same name, the most important first. */
  details: readonly string[];
  picture: () => Element;
  audience: Audience;
}

export function personChoice(person: Person, words: Words): Choice {
  return {
    key: `person ${person.id}`,
    name: personName(person, words),
    details: person.position === undefined ? [] : [person.position],
    picture: () => face(person),
    audience: { people: [person] },
  };
}

export function departmentChoice(department: DepartmentView, words: Words): Choice {
  const { id, counts, path, head, reach } = department;
  const count = counts?.[reach];
  const kind = count === undefined ? words.text('department') : words.plural('departmentOf', count);
  return {
    key: `department ${id}`,
    name: departmentName(department, words),
    details: [kind, path ?? '', head === undefined ? '' : words.text('headOf', head)],
    picture: () => icon('group', 'suggestion-icon'),
    audience: { departments: [department] },
  };
}

export function groupChoice(group: GroupView, words: Words): Choice {
  const { name, people, departments, ofWorkspace } = group;
  const kind = ofWorkspace ? 'workspaceGroup' : 'savedGroup';
  return {
    key: `${kind} ${name}`,
    name,
    details: [
      words.text(kind),
      people.length > 0 ? words.plural('people', people.length) : '',
      departments.length > 0 ? words.plural('departments', departments.length) : '',
    ],
    picture: () => icon('people', 'suggestion-icon'),
    audience: { people, departments },
  };
}

type Counted = Pick<PageModel, 'approximatePeople' | 'written'>;

/** The person's name, or "id 3" while the name is not known. */
export function personName(person: Pick<Person, 'id' | 'name'>, words: Words): string {
  return person.name ?? words.text('personId', String(person.id));
}

/** Why Bitrix24 would notify this person of nothing; undefined if it would. */
export function troubleOf(person: Person, words: Words): string | undefined {
  switch (person.trouble) {
    case 'unknown':
      return words.text('personUnknown', String(person.id));
    case 'inactive':
      return words.text('personInactive', personName(person, words));
    case undefined:
      return undefined;
  }
}

/** The department's name, or its id while the name is not known. */
export function departmentName({ id, name }: DepartmentView, words: Words): string {
  return name ?? words.text('departmentId', String(id));
}

/** The items of `offered` that are not in `chosen`, each once; ids are compared. */
export function notYetChosen<T extends { id: number }>(
  offered: readonly T[],
  chosen: readonly { id: number }[],
): T[] {
  const seen = new Set(chosen.map(({ id }) => id));
  return offered.filter(({ id }) => {
    const isNew = !seen.has(id);
    seen.add(id);
    return isNew;
  });
}

/** The number of recipients, shown beside the field: exact for people, "about" for departments, '' for nobody. */
export function audienceCount({ approximatePeople, written }: Counted, words: Words): string {
  const people = written.recipients.length;
  const departments = written.departments.length;
  if (departments === 0) {
    return people > 0 ? words.plural('people', people) : '';
  }
  if (approximatePeople !== undefined) {
    return words.plural('aboutPeople', approximatePeople);
  }
  const others = words.plural('departments', departments);
  return people > 0 ? `${words.plural('people', people)} + ${others}` : others;
}

/** The label of the Send button, e.g. "Send to 3 people". */
export function sendLabel({ approximatePeople, written }: Counted, words: Words): string {
  const people = written.recipients.length;
  const departments = written.departments.length;
  if (departments === 0) {
    return people > 0 ? words.plural('sendTo', people) : words.text('send');
  }
  if (approximatePeople !== undefined) {
    return words.plural('sendToAbout', approximatePeople);
  }
  return people > 0
    ? words.text(
        'sendToCounts',
        words.plural('people', people),
        words.plural('departments', departments),
      )
    : words.plural('sendToDepartments', departments);
}

/** form.css has a background for each: `face-0` to `face-5`. */
const faceColours = 6;

/** A round photo, or initials on a colour. Screen readers do not see it, because the name always stands beside it. */
export function face({ id, name = '', photo }: Pick<Person, 'id' | 'name' | 'photo'>): HTMLElement {
  const initials = initialsOf(name);
  const element = h(
    'span',
    { class: `face face-${id % faceColours}`, 'aria-hidden': 'true' },
    initials === '' ? icon('person') : initials,
  );
  if (photo) {
    const image = h('img', {
      src: photo,
      alt: '',
      referrerpolicy: 'no-referrer',
      loading: 'lazy',
    });
    image.addEventListener('error', () => image.remove());
    element.append(image);
  }
  return element;
}

function initialsOf(name: string): string {
  return name
    .split(/\s+/u)
    .filter((part) => /^\p{L}/u.test(part))
    .slice(0, 2)
    .map((part) => Array.from(part)[0]?.toLocaleUpperCase() ?? '')
    .join('');
}
