import { answer, type MethodTable } from './method';
import { departmentMethods } from './departmentMethods';
import { imMethods } from './imMethods';
import { notifyMethods } from './notifyMethods';
import { portalMethods } from './portalMethods';
import { pullMethods } from './pullMethods';
import { serviceMethods } from './serviceMethods';
import { userMethods } from './userMethods';

/** All REST methods of a portal by their names in lower case. What the sandbox carries out replaces what it only knows. */
export const allMethods: MethodTable = {
  ...portalMethods,
  // The REST server runs batches itself; this entry is for method.get and methods.
  batch: { scopes: null, run: () => answer([]) },
  ...serviceMethods(() => allMethods),
  ...pullMethods,
  ...userMethods,
  ...departmentMethods,
  ...imMethods,
  ...notifyMethods,
};
