import { RestError } from '../restError';
import { METHODS_OF_REST_2, METHODS_OF_REST_3 } from './documentedMethods';
import type { Method, MethodTable } from './method';

/**
 * The methods that a portal has by its documentation, by their names in lower case. They check the caller as a portal
 * does, and then answer that the sandbox cannot carry them out. Source: docs/bitrix24.md, section 2.
 */
export const portalMethods: MethodTable = tableOf(METHODS_OF_REST_2);

/** The same for REST 3, whose addresses begin with /rest/api/. */
export const portalMethodsOfRest3: MethodTable = tableOf(METHODS_OF_REST_3);

function tableOf(groups: Readonly<Record<string, string>>): MethodTable {
  return Object.fromEntries(
    Object.entries(groups).flatMap(([codes, folded]) => {
      const method: Method = {
        scopes: codes === '' ? null : codes.split(','),
        run: (call) => {
          throw notInSandbox(call.method);
        },
      };
      return unfold(folded).map((name): [string, Method] => [name, method]);
    }),
  );
}

/** Reads names from the short form of the data file: `a(b c c(d))` stands for `a.b`, `a.c` and `a.c.d`. */
export function unfold(folded: string): string[] {
  const names: string[] = [];
  const place: string[] = [];
  for (const [, part = '', mark] of folded.matchAll(/([a-z0-9_]+)(\(?)|\)/g)) {
    if (part === '') {
      place.pop();
    } else if (mark === '(') {
      place.push(part);
    } else {
      names.push([...place, part].join('.'));
    }
  }
  return names;
}

/** The refusal of a method that only a real portal carries out. */
export function notInSandbox(method: string): RestError {
  return new RestError(
    'ERROR_METHOD_NOT_IN_SANDBOX',
    `A portal has the method ${method}, but this sandbox does not carry it out.`,
    501,
    `${method} is not in this sandbox; a portal has it`,
  );
}
