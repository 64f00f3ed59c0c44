import { phpDate, toBool, toText } from '../php';
import { SCOPES } from '../scopes';
import { answer, type Answer, type Call, type MethodTable } from './method';

/**
 * The methods that need no scope: they say who the caller is and what the application may do.
 * Source: docs/bitrix24.md, sections 2 and 6.
 * @param catalogue returns all methods; a function, because these methods are among them.
 */
export function serviceMethods(catalogue: () => MethodTable): MethodTable {
  return {
    profile: { scopes: null, run: profile },
    'user.admin': { scopes: null, run: (call) => answer(call.caller.person.admin) },
    'app.info': { scopes: null, run: appInfo },
    'server.time': { scopes: null, run: (call) => answer(phpDate(call.portal.now())) },
    scope: { scopes: null, run: scope },
    methods: { scopes: null, run: (call) => methods(call, catalogue()) },
    'method.get': { scopes: null, run: (call) => methodGet(call, catalogue()) },
  };
}

function profile({ portal, caller: { person } }: Call): Answer {
  if (!person.active) {
    return answer([]);
  }
  const photo = portal.photoOf(person);
  return answer({
    ID: String(person.id),
    ADMIN: person.admin,
    NAME: person.firstName,
    LAST_NAME: person.lastName,
    PERSONAL_GENDER: person.gender,
    TIME_ZONE: '',
    ...(photo === '' ? {} : { PERSONAL_PHOTO: photo }),
  });
}

function appInfo({ portal, caller }: Call): Answer {
  if (caller.clientId === null) {
    return answer({ SCOPE: [...caller.scopes], LICENSE: LICENCE });
  }
  return answer({
    ID: portal.app.integrationId,
    CODE: caller.clientId,
    VERSION: 1,
    STATUS: 'L',
    INSTALLED: portal.app.installed,
    PAYMENT_EXPIRED: 'N',
    DAYS: null,
    LANGUAGE_ID: 'en',
    LICENSE: LICENCE,
    LICENSE_TYPE: 'pro100',
    LICENSE_FAMILY: 'pro',
  });
}

const LICENCE = 'en_pro100';

function scope({ params, caller }: Call): Answer {
  const full = toBool(params.withUpperCaseKeys().get('FULL'));
  return answer(full ? SCOPES.map(({ code }) => code) : [...caller.scopes]);
}

/** Lists the names of methods. Bitrix24 has deprecated this method but still answers it. */
function methods({ params, caller }: Call, catalogue: MethodTable): Answer {
  const upper = params.withUpperCaseKeys();
  const only = toText(upper.get('SCOPE'));
  const full = toBool(upper.get('FULL'));
  const names = Object.entries(catalogue)
    .filter(([, { scopes }]) => {
      if (only !== '') {
        return scopes?.includes(only) ?? false;
      }
      if (upper.has('SCOPE')) {
        return scopes === null;
      }
      return full || scopes === null || scopes.some((code) => caller.scopes.includes(code));
    })
    .map(([name]) => name);
  return answer(names);
}

/** Says whether a method exists. The parameter must be called `name` in lower case, and its value is compared exactly. */
function methodGet({ params, caller }: Call, catalogue: MethodTable): Answer {
  const name = toText(params.get('name'));
  const method = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  return answer({
    isExisting: method !== undefined,
    isAvailable:
      method !== undefined &&
      (method.scopes === null || method.scopes.some((code) => caller.scopes.includes(code))),
  });
}
