import type { PageModel } from './pageModel';
import type { Words } from './words';

type Audience = Pick<PageModel, 'about' | 'written'>;

/** To whom in numbers, beside the field: exact for people, "about" for departments; '' for nobody. */
export function countWords({ about, written }: Audience, words: Words): string {
  const people = written.recipients.length;
  const departments = written.departments.length;
  if (departments === 0) {
    return people > 0 ? words.plural('people', people) : '';
  }
  if (about !== undefined) {
    return words.plural('aboutPeople', about);
  }
  const others = words.plural('departments', departments);
  return people > 0 ? `${words.plural('people', people)} + ${others}` : others;
}

/** What Send will do. */
export function sendWords({ about, written }: Audience, words: Words): string {
  const people = written.recipients.length;
  const departments = written.departments.length;
  if (departments === 0) {
    return people > 0 ? words.plural('sendTo', people) : words.text('send');
  }
  if (about !== undefined) {
    return words.plural('sendToAbout', about);
  }
  return people > 0
    ? words.text(
        'sendToCounts',
        words.plural('people', people),
        words.plural('departments', departments),
      )
    : words.plural('sendToDepartments', departments);
}
