import { Emitter } from '../../src/common/emitter';
import { silentLog } from './silentLog';
import type { FormControllerDeps } from '../../src/form/formController';
import { DepartmentTree } from '../../src/people/departments/departmentTree';
import { anAccount } from './builders';
import { matchByName } from './noDirectories';
import { ManualClock } from './manualClock';

const never = new Emitter<never>().event;
const noDepartments = new DepartmentTree([]);

/** The form's services where Anna is signed in, nobody else is known, and nothing goes wrong. */
export function formDeps(
  patch: Partial<FormControllerDeps> & Pick<FormControllerDeps, 'drafts' | 'service'>,
): FormControllerDeps {
  const anna = anAccount();
  return {
    accounts: {
      onDidChange: never,
      list: () => Promise.resolve([anna]),
      current: () => Promise.resolve(anna),
    },
    people: {
      prepare: () => undefined,
      search: () => Promise.resolve({ hits: [] }),
      matchOf: matchByName,
      resolveIds: () => Promise.resolve({ hits: [], unknown: [], inactive: [] }),
    },
    recents: { last: () => [], list: () => [] },
    meWords: () => ['Me'],
    departments: {
      peek: () => undefined,
      of: () => Promise.resolve(noDepartments),
      count: () => undefined,
    },
    directories: { peek: () => undefined, onDidChange: never },
    groups: { list: () => [] },
    lists: { match: () => Promise.resolve({ people: [], departments: [], unmatched: [] }) },
    hints: { hints: () => Promise.resolve(new Map()), peek: () => undefined },
    hintText: ({ rule }) => rule,
    whyFound: ({ match, by }) => by ?? (match === 'folded' ? 'alike' : undefined),
    portalPauses: (host, until) => `${host} pauses until ${until}`,
    deliverySummary: () => undefined,
    personFacts: () => Promise.resolve([]),
    language: { locale: 'en', strings: {} },
    sentences: {
      ofError: () => undefined,
      ofResult: () => undefined,
      ofEarlier: () => ({ code: 'STILL_UNKNOWN', message: '', severity: 'warning', fixes: [] }),
      ofSignedIn: () => ({ code: '', message: '', severity: 'info', fixes: [] }),
      ofIssue: ({ code }) => code,
    },
    fixes: { label: (fix) => fix, run: () => Promise.resolve(undefined) },
    clock: new ManualClock(),
    log: silentLog,
    run: () => Promise.resolve(undefined),
    tell: () => Promise.resolve(),
    tellTakenCareOf: () => undefined,
    page: { post: () => undefined, onScreen: () => true },
    ...patch,
  };
}
