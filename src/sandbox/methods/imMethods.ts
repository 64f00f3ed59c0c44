import { isVisibleTo } from '../staffIndex';
import { jsObjectToPhp } from '../jsObjectToPhp';
import { fullName, lastMobileDays, type Person } from '../staff';
import { PhpArray, phpDate, toInt, toText } from '../php';
import type { Json } from '../phpJson';
import { RestError } from '../restError';
import type { PortalState } from '../portalState';
import { answer, type Answer, type Call, type MethodTable } from './method';

/** The methods about people of the chat module. Source: docs/bitrix24.md, sections 6 and 8; im/classes/general/im_rest.php. */
export const imMethods: MethodTable = {
  'im.user.get': { scopes: ['im'], run: imUserGet },
  'im.user.list.get': { scopes: ['im'], run: imUserListGet },
  'im.search.user.list': { scopes: ['im'], run: imSearchUserList },
};

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** @param upper the call's parameters; only with AVATAR_HR a row has the large photo. Source: docs/bitrix24.md, section 6. */
function imUser(portal: PortalState, person: Person, upper: PhpArray): Json {
  const now = portal.now();
  const { presence } = person;
  const online = presence !== 'offline';
  const onDesktop = presence === 'desktop' || presence === 'desktopIdle';
  const mobileDays = lastMobileDays(person);
  const absentDays = person.absentDays ?? 0;
  return {
    id: person.id,
    active: person.active,
    name: fullName(person),
    first_name: person.firstName,
    last_name: person.lastName,
    work_position: person.position,
    color: '#df532d',
    avatar: portal.photoOf(person),
    ...(upper.get('AVATAR_HR') === 'Y' ? { avatar_hr: portal.photoOf(person) } : {}),
    gender: person.gender,
    birthday: '',
    extranet: person.extranet,
    network: false,
    bot: false,
    connector: false,
    external_auth_id: 'default',
    status: 'online',
    idle: presence === 'desktopIdle' ? phpDate(now - 15 * MINUTE) : false,
    last_activity_date: phpDate(online ? now : now - Math.min(1, mobileDays ?? 1) * DAY),
    mobile_last_date: mobileDays === null ? false : phpDate(now - mobileDays * DAY),
    desktop_last_date: onDesktop ? phpDate(now) : false,
    absent: absentDays === 0 ? false : phpDate(now + absentDays * DAY),
    departments: [...person.departments],
    phones: phonesOf(person),
    website: '',
    email: person.email,
    bot_data: null,
    type: person.extranet ? 'extranet' : 'user',
  };
}

/** Kinds of phones that are not filled are left out, and without any the portal answers false. Source: docs/bitrix24.md, section 6. */
function phonesOf({ workPhone, mobile, homePhone, innerPhone }: Person): Json {
  const kinds = {
    work_phone: workPhone,
    personal_mobile: mobile,
    personal_phone: homePhone,
    inner_phone: innerPhone,
  };
  const filled = Object.entries(kinds).flatMap(([kind, number]): [string, string][] =>
    number === undefined || number === '' ? [] : [[kind, number]],
  );
  return filled.length > 0 && Object.fromEntries(filled);
}

function imUserGet({ portal, caller, params }: Call): Answer {
  const upper = params.withUpperCaseKeys();
  const given = upper.get('ID');
  const id = given === undefined || given === null ? caller.person.id : toInt(given);
  if (id <= 0) {
    throw new RestError('ID_EMPTY', "User ID can't be empty");
  }
  const person = portal.people.get(id);
  if (person === undefined) {
    throw new RestError('USER_NOT_EXISTS', 'User is not exists');
  }
  if (!isVisibleTo(caller.person, person) && caller.person.extranet) {
    throw new RestError(
      'ACCESS_DENIED',
      'You can request only users who consist of your extranet group',
    );
  }
  return answer(imUser(portal, person, upper));
}

function imUserListGet({ portal, caller, params }: Call): Answer {
  const upper = params.withUpperCaseKeys();
  const given = upper.get('ID');
  const ids = typeof given === 'string' ? jsObjectToPhp(given) : given;
  const wanted =
    ids instanceof PhpArray
      ? [...new Set(Array.from(ids.values(), toInt))].filter((id) => id > 0)
      : [];
  if (wanted.length === 0) {
    throw new RestError('INVALID_FORMAT', 'A wrong format for the ID field is passed');
  }
  const users = new Map<string, Json>();
  for (const id of wanted) {
    const person = portal.people.get(id);
    const hidden =
      person === undefined || (caller.person.extranet && !isVisibleTo(caller.person, person));
    users.set(String(id), hidden ? null : imUser(portal, person, upper));
  }
  if (toText(upper.get('RESULT_TYPE')) !== 'array') {
    return answer(users);
  }
  return answer([...users.values()].filter((user) => user !== null));
}

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 50;

function imSearchUserList({ portal, caller, params }: Call): Answer {
  const upper = params.withUpperCaseKeys();
  const find = toText(upper.get('FIND')).trim();
  if (Array.from(find).length < 2) {
    throw new RestError('FIND_SHORT', 'Too short a search phrase.');
  }
  const offset = Math.max(0, toInt(upper.get('OFFSET')));
  const asked = toInt(upper.get('LIMIT'));
  const limit = asked > 0 ? Math.min(asked, MAX_LIMIT) : DEFAULT_LIMIT;

  const key = `im.search ${String(caller.person.id)} ${find}`;
  const found = portal.staffIndex.list(key, () =>
    portal.staffIndex
      .find(find)
      .filter((person) => person.active && isVisibleTo(caller.person, person)),
  );
  const page = found.slice(offset, offset + limit);
  if (page.length === 0) {
    return { result: [], total: found.length };
  }
  const result = new Map(page.map((person) => [String(person.id), imUser(portal, person, upper)]));
  const next = offset + page.length;
  return { result, total: found.length, ...(next < found.length ? { next } : {}) };
}
