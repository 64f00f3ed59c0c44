import { personMatch } from '../../src/people/ranking';
import type { PeopleSearch, PeopleSearchDeps } from '../../src/people/peopleSearch';
import type { RecipientPickerDeps } from '../../src/people/recipientPicker';

/** How a query meets somebody of whom no more is known than a list shows. */
export const matchByName: PeopleSearch['matchOf'] = (_, query, { name = '', position }) =>
  personMatch(query, { firstName: name, lastName: '', position }, []);

const never = () => ({ dispose: () => undefined });

/** Directories of portals whose people were never read, and nobody who was used before. */
export const noDirectories: Pick<PeopleSearchDeps, 'recents'> & {
  directories: PeopleSearchDeps['directories'] & RecipientPickerDeps['directories'];
} = {
  directories: {
    peek: () => undefined,
    prepare: () => Promise.resolve(undefined),
    read: () => Promise.resolve({ kind: 'cancelled' }),
    missingScope: () => undefined,
    reading: () => undefined,
    stop: () => undefined,
    onDidChange: never,
    onDidProgress: never,
  },
  recents: { weights: () => new Map() },
};
