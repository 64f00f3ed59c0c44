import type { Department, Person } from './people';
import type { World } from './world';

/** Questions about people that several methods ask. */

/** Words of a text as Bitrix24's search index has them. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Every word of `query` begins some word of `text`. */
export function matchesWords(text: string, query: string): boolean {
  const words = wordsOf(text);
  return wordsOf(query).every((wanted) => words.some((word) => word.startsWith(wanted)));
}

export function departmentNames(world: World, person: Person): string {
  return person.departments.map((id) => world.departments.get(id)?.name ?? '').join(' ');
}

/** What FIND looks through: name, surname, position and department. */
export function searchText(world: World, person: Person): string {
  const { firstName, lastName, position } = person;
  return [firstName, lastName, position, departmentNames(world, person)].join(' ');
}

/** Whom the caller may find: intranet people and those of shared extranet groups. */
export function isVisibleTo(caller: Person, person: Person): boolean {
  if (caller.id === person.id) return true;
  if (caller.extranet) return caller.sharesGroupWith.includes(person.id);
  return person.departments.length > 0 || person.sharesGroupWith.includes(caller.id);
}

/** The company's tree from the top, each department before its own sub-departments. */
export function departmentTree(world: World): Department[] {
  const children = new Map<number | null, Department[]>();
  for (const department of world.departments.values()) {
    const siblings = children.get(department.parent) ?? [];
    children.set(department.parent, [...siblings, department]);
  }
  const below = (parent: number | null): Department[] =>
    (children.get(parent) ?? [])
      .toSorted((a, b) => a.sort - b.sort || a.id - b.id)
      .flatMap((department) => [department, ...below(department.id)]);
  return below(null);
}
