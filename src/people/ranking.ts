import { invisible, otherLayout } from './directory/alphabets';
import { beginsAlike } from './directory/spelling';
import { eachFitsAnother, lettersOf, plain } from './directory/words';

/**
 * How what is typed meets a name. `exact`: it is the whole name, spelled as the portal spells it (case, ё and the
 * encoding of letters aside). `prefix`: each typed word begins a word of the name, spelled so. `folded`: the same in
 * another alphabet or spelling, or on the other keyboard layout. `other`: it stands inside of a word, or meets
 * something else than the name, such as a position.
 */
export type Match = 'exact' | 'prefix' | 'folded' | 'other';

/** Shorter parts of words are in too many names. */
const insideFrom = 3;

/** undefined if the query does not meet the name. */
export function nameMatch(query: string, name: string): Match | undefined {
  const words = spelledWords(query);
  const own = spelledWords(name);
  if (words.length > 0 && eachFitsAnother(words, own, (word, one) => one.startsWith(word))) {
    const isWhole =
      words.length === own.length && eachFitsAnother(words, own, (word, one) => one === word);
    return isWhole ? 'exact' : 'prefix';
  }
  if (isAlike(query, name) || isAlike(otherLayout(query) ?? '', name)) {
    return 'folded';
  }
  const folded = lettersOf(name).map(plain);
  const parts = lettersOf(query).map(plain);
  const isInside = (part: string) =>
    part.length >= insideFrom && folded.some((one) => one.includes(part));
  return parts.length > 0 && parts.every(isInside) ? 'other' : undefined;
}

/** How a query meets a person, and what else than the name was met; undefined if the name says it all. */
export interface PersonMatch {
  match: Match;
  /** The second name or department that the query means. */
  by?: string | undefined;
}

export interface NamedPerson {
  firstName: string;
  lastName: string;
  secondName?: string | undefined;
  position?: string | undefined;
}

/** For somebody whom the search found. `departments` are the names of theirs. */
export function personMatch(
  query: string,
  { firstName, lastName, secondName = '', position = '' }: NamedPerson,
  departments: readonly string[],
): PersonMatch {
  const name = `${firstName} ${lastName}`;
  const byName = nameMatch(query, name);
  if (byName === 'exact' || byName === 'prefix' || byName === 'folded') {
    return { match: byName };
  }
  const bySecondName = secondName && nameMatch(query, `${name} ${secondName}`);
  if (bySecondName && bySecondName !== 'other') {
    return { match: bySecondName, by: secondName };
  }
  // The words that match neither name nor position must match a department's name.
  const words = lettersOf(query).filter((word) => !isMet(word, `${name} ${position}`));
  return {
    match: 'other',
    by: departments.find((department) => words.some((word) => isMet(word, department))),
  };
}

function isMet(word: string, text: string): boolean {
  return nameMatch(word, text) !== undefined;
}

/** For a department that the search found. `path` are the names from the top of the company to its own. */
export function departmentMatch(query: string, path: readonly string[]): Match {
  const byName = nameMatch(query, path.at(-1) ?? '');
  if (byName) {
    return byName;
  }
  const byPath = nameMatch(query, path.join(' '));
  return byPath === 'exact' ? 'prefix' : (byPath ?? 'other');
}

/** Something that a query can mean. */
interface Ranked {
  match: Match;
}

/** This many people stand before departments that the query meets as well. */
const peopleFirst = 4;

/**
 * The order in which palette and form show what a query can mean: exact names, then beginnings of names, then the rest.
 * People, groups and departments come in the order of their own searches, best first.
 */
export function inRankOrder<P extends Ranked, G extends Ranked, D extends Ranked>(
  people: readonly P[],
  groups: readonly G[],
  departments: readonly D[],
): (P | G | D)[] {
  return tiers.flatMap((isIn) => {
    const some = people.filter(isIn);
    return [
      ...groups.filter(isIn),
      ...some.slice(0, peopleFirst),
      ...departments.filter(isIn),
      ...some.slice(peopleFirst),
    ];
  });
}

const tiers: readonly ((one: Ranked) => boolean)[] = [
  ({ match }) => match === 'exact',
  ({ match }) => match === 'prefix',
  ({ match }) => match === 'folded' || match === 'other',
];

/** May Enter take it without a further look? */
export function isSure({ match }: Ranked): boolean {
  return match === 'exact' || match === 'prefix';
}

/** The words of a text as they are spelled, in lower case. */
function spelledWords(text: string): string[] {
  const visible = text.normalize('NFC').replace(invisible, '').toLowerCase();
  return visible.replaceAll('ё', 'е').match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? [];
}

function isAlike(query: string, name: string): boolean {
  const words = lettersOf(query);
  return words.length > 0 && eachFitsAnother(words, lettersOf(name), beginsAlike);
}
