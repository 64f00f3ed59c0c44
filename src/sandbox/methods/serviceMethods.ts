import { phpDate, toBool, toText } from '../php';
import { SCOPES } from '../scopes';
import { answer, type Answer, type Call, type MethodTable } from './method';

/** Methods of the global scope: who am I, what may I do. `catalogue` is every method that there is. */
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

/** Deprecated in Bitrix24, and still there. */
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

/** Only the lower-case parameter `name` is read, and the method's name exactly as written. */
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
