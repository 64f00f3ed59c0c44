import { pushBudget, textBytes } from '../bitrix24/pushSize';
import type { BudgetInput, PushBudget } from '../bitrix24/pushSize';
import { factOf, fillTemplate } from './personalText';
import type { Blank, Template, TextPerson } from './personalText';

/**
 * How much room a text takes for whom it takes most, on each platform: that need not be the same person.
 * Without people, for somebody of whom nothing is known. Fast enough for every keystroke with thousands of people.
 */
export function budgetOfVersions(
  template: Template,
  people: readonly TextPerson[],
  frame: Omit<BudgetInput, 'text'>,
): PushBudget {
  const budgetFor = (person?: TextPerson): PushBudget =>
    pushBudget({ ...frame, text: fillTemplate(template, person) });
  const [first] = people;
  if (!template.personal || !first) {
    return budgetFor();
  }
  const longest = longestFor(blanksOf(template), people, first);
  const ios = budgetFor(longest.ios);
  const android = longest.android === longest.ios ? ios : budgetFor(longest.android);
  const plain = longest.utf8 === longest.ios ? ios : budgetFor(longest.utf8);
  const over = !ios.ios.fits || !android.android.fits;
  return {
    ios: ios.ios,
    android: android.android,
    level: over ? 'over' : plain.bytes > plain.safeBytes ? 'near' : 'ok',
    bytes: plain.bytes,
    safeBytes: plain.safeBytes,
  };
}

/**
 * The people whose versions of a text are the extremes: the longest ones, and those that Bitrix24 would take for no
 * text. What is wrong with none of their versions is wrong with nobody's. The literal parts of the text do not matter,
 * so the answer lasts while only those are typed.
 */
export function extremePeople(
  blanks: readonly Blank[],
  people: readonly TextPerson[],
): readonly TextPerson[] {
  const [first] = people;
  if (!first) {
    return [];
  }
  const filled = (person: TextPerson): string =>
    blanks.map((blank) => valueOf(blank, person)).join('');
  const nothing = people.find((person) => filled(person).trim() === '');
  const zero = people.find((person) => filled(person) === '0');
  const longest = Object.values(longestFor(blanks, people, first));
  return [...new Set([...longest, ...(nothing ? [nothing] : []), ...(zero ? [zero] : [])])];
}

/** What is filled in for each person; '' where nothing is known. */
export function blanksOf(template: Template): Blank[] {
  return template.parts.filter((part) => typeof part !== 'string');
}

type Measure = keyof ReturnType<typeof textBytes>;

/** The literal parts cost the same for everybody, so only what is filled in is compared. */
function longestFor(
  blanks: readonly Blank[],
  people: readonly TextPerson[],
  first: TextPerson,
): Record<Measure, TextPerson> {
  const measured = new Map<string, ReturnType<typeof textBytes>>();
  const bytesOf = (text: string): ReturnType<typeof textBytes> => {
    let bytes = measured.get(text);
    if (!bytes) {
      bytes = textBytes(text);
      measured.set(text, bytes);
    }
    return bytes;
  };
  const longest = { ios: first, android: first, utf8: first };
  const most = { ios: -1, android: -1, utf8: -1 };
  for (const person of people) {
    const sum = { ios: 0, android: 0, utf8: 0 };
    for (const blank of blanks) {
      const bytes = bytesOf(valueOf(blank, person));
      sum.ios += bytes.ios;
      sum.android += bytes.android;
      sum.utf8 += bytes.utf8;
    }
    for (const measure of ['ios', 'android', 'utf8'] as const) {
      if (sum[measure] > most[measure]) {
        most[measure] = sum[measure];
        longest[measure] = person;
      }
    }
  }
  return longest;
}

function valueOf({ placeholder, fallback }: Blank, person: TextPerson): string {
  return factOf(placeholder, person) ?? fallback ?? '';
}
