import { jsObjectToPhp } from '../jsObjectToPhp';
import { encodeJson, type Json } from '../phpJson';
import { PhpArray, PhpTypeError, toBool, toInt, toText, type PhpValue } from '../php';
import { RestError } from '../restError';
import { fullName, ringsOnNotifications } from '../staff';
import { answer, type Answer, type Call, type MethodTable } from './method';

/**
 * The methods that put notifications into a person's bell. Source: docs/bitrix24.md, section 9;
 * im/classes/general/im_rest.php (notifyAdd, notifyDelete).
 */
export const notifyMethods: MethodTable = {
  'im.notify.personal.add': { scopes: ['im'], run: (call) => notifyAdd(call, 'personal') },
  'im.notify.system.add': { scopes: ['im'], run: (call) => notifyAdd(call, 'system') },
  'im.notify.delete': { scopes: ['im'], run: notifyDelete },
};

/** Adds a notification after the checks of the server, in their order. */
function notifyAdd(call: Call, type: 'personal' | 'system'): Answer {
  const { portal, caller } = call;
  const params = call.params.withUpperCaseKeys();
  const userId = toInt(params.get('TO') ?? params.get('USER_ID'));
  if (userId <= 0) {
    throw new RestError('USER_ID_EMPTY', "User ID can't be empty");
  }
  const message = trimmed(params.get('MESSAGE'), 'MESSAGE');
  if (message === '') {
    throw new RestError('MESSAGE_EMPTY', "Message can't be empty");
  }
  const messageOut = trimmed(params.get('MESSAGE_OUT'), 'MESSAGE_OUT');
  const owner = ownerOfTags(call, params);
  const hasAttach = checkAttach(params.get('ATTACH'));

  const person = portal.people.get(userId);
  if (person === undefined) {
    call.note(`no such person: ${String(userId)}`);
    return answer(false);
  }
  const tag = owner === null ? '' : tagOf(params.get('TAG'));
  if (tag !== '') {
    const replaced = portal.notifications.remove((one) => one.owner === owner && one.tag === tag);
    call.note(replaced === 0 ? '' : `replaced ${String(replaced)} with the same TAG`);
  }
  const isPersonal = type === 'personal';
  const appName = caller.clientId === null ? '' : portal.app.name;
  const rang = portal.pushEnabled && ringsOnNotifications(person);
  const added = portal.notifications.add({
    time: portal.isoTime(),
    request: call.requestId,
    type,
    userId,
    senderId: isPersonal ? caller.person.id : null,
    senderName: isPersonal ? fullName(caller.person) : appName,
    message,
    messageOut,
    owner,
    tag,
    subTag: owner === null ? '' : tagOf(params.get('SUB_TAG')),
    hasAttach,
    rang,
  });
  call.note(rang ? 'in the bell, and the phone rang' : 'in the bell');
  portal.changed();
  return answer(added.id);
}

/** Trims a text as PHP does; an array ends in a TypeError. */
function trimmed(value: PhpValue | undefined, name: string): string {
  if (value instanceof PhpArray) {
    throw new PhpTypeError(`${name} is an array`);
  }
  return toText(value).replace(/^[ \t\n\r\0\v]+|[ \t\n\r\0\v]+$/g, '');
}

function tagOf(value: PhpValue | undefined): string {
  return toBool(value) ? toText(value) : '';
}

/**
 * Tags belong to the application. A webhook has none and names one by CLIENT_ID; without it the server
 * keeps no tags. @returns null then
 */
function ownerOfTags(call: Call, params: PhpArray): string | null {
  if (call.caller.clientId !== null) {
    return call.caller.clientId;
  }
  const named = params.get('CLIENT_ID');
  if (toBool(named)) {
    return `custom${toText(named)}`;
  }
  if (toBool(params.get('TAG')) || toBool(params.get('SUB_TAG'))) {
    call.note('tags of a webhook need CLIENT_ID, and were ignored');
  }
  return null;
}

const MOST_ATTACH_CHARACTERS = 60_000;
const ATTACH_BLOCKS = 'USER LINK MESSAGE HTML GRID IMAGE FILE DELIMITER'.split(' ');

/**
 * Checks an attachment, which is a list of blocks, an object with BLOCKS, or such a thing as JSON text.
 * The size is that of the JSON that the server stores.
 * @returns false if there is none
 */
function checkAttach(given: PhpValue | undefined): boolean {
  if (!toBool(given)) {
    return false;
  }
  const attach = typeof given === 'string' ? jsObjectToPhp(given) : given;
  const blocks = attach instanceof PhpArray ? (attach.get('BLOCKS') ?? attach) : null;
  const known =
    blocks instanceof PhpArray &&
    [...blocks.values()].some(
      (block) => block instanceof PhpArray && ATTACH_BLOCKS.some((name) => block.has(name)),
    );
  if (!known) {
    throw new RestError('ATTACH_ERROR', 'Incorrect attach params');
  }
  if (encodeJson(toJson(blocks)).length >= MOST_ATTACH_CHARACTERS) {
    const text = 'You have exceeded the maximum allowable size of attach';
    throw new RestError('ATTACH_OVERSIZE', text);
  }
  return true;
}

function toJson(value: PhpValue): Json {
  if (!(value instanceof PhpArray)) {
    return value;
  }
  return new Map([...value].map(([key, item]) => [key, toJson(item)]));
}

/** Deletes by the first of ID, TAG and SUB_TAG that is given. By ID, only out of the caller's own bell. */
function notifyDelete(call: Call): Answer {
  const { portal, caller } = call;
  const params = call.params.withUpperCaseKeys();
  const id = toInt(params.get('ID'));
  if (id > 0) {
    const removed = portal.notifications.remove(
      (one) => one.id === id && one.userId === caller.person.id,
    );
    return deleted(call, removed, removed > 0);
  }
  const owner = ownerOfTags(call, params);
  if (owner === null) {
    throw new RestError('ACCESS_DENIED', 'Access denied! Client ID not specified', 403);
  }
  const tag = tagOf(params.get('TAG'));
  const subTag = tagOf(params.get('SUB_TAG'));
  if (tag === '' && subTag === '') {
    throw new RestError('PARAMS_ERROR', 'Incorrect params');
  }
  const removed = portal.notifications.remove(
    (one) => one.owner === owner && (tag === '' ? one.subTag === subTag : one.tag === tag),
  );
  return deleted(call, removed, true);
}

function deleted(call: Call, count: number, result: boolean): Answer {
  call.note(`${String(count)} deleted`);
  call.portal.changed();
  return answer(result);
}
