import type { Person } from '../../../../src/bitrix24/person';
import { PeopleDirectory } from '../../../../src/people/directory/peopleDirectory';
import { encodePeople } from '../../../../src/people/directory/peopleFile';

/** "Имя Фамилия" or "Имя Фамилия, должность". */
export function person(id: number, text: string, more: Partial<Person> = {}): Person {
  const [name = '', position] = text.split(', ');
  const [firstName = '', lastName = ''] = name.split(' ');
  return {
    id,
    firstName,
    lastName,
    name: name || `#${id}`,
    position,
    photo: undefined,
    active: true,
    departments: [],
    type: 'employee',
    ...more,
  };
}

export async function fileOf(
  people: readonly Person[],
  readAt = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(Buffer.concat(await encodePeople(people, readAt)));
}

export async function directoryOf(people: readonly Person[]): Promise<PeopleDirectory> {
  return await PeopleDirectory.open(await fileOf(people));
}
