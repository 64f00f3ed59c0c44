import { createHash } from 'node:crypto';
import { PhpArray, phpDate, PhpTypeError, toBool, toText } from '../php';
import { jsObjectToPhp } from '../jsObjectToPhp';
import { RestError } from '../restError';
import { avatarOf, recipientsOf } from './pushParameters';
import { answer, type Answer, type Call, type MethodTable } from './method';

export const pullMethods: MethodTable = {
  'pull.application.push.add': { scopes: ['pull'], run: pushAdd },
  'pull.application.event.add': { scopes: ['pull'], run: eventAdd },
  'pull.application.config.get': { scopes: ['pull'], run: configGet },
};

/** Accepts a push after the checks of the server, in their order. Source: docs/bitrix24.md, section 5; pull/lib/rest.php (applicationPushAdd). */
function pushAdd(call: Call): Answer {
  const { portal, caller } = call;
  const params = call.params.withUpperCaseKeys();
  if (caller.clientId === null) {
    throw new RestError(
      'WRONG_AUTH_TYPE',
      'Send push notifications available only for application authorization.',
      403,
    );
  }
  if (!caller.person.admin) {
    throw new RestError('ACCESS_ERROR', 'You do not have access to send push notifications');
  }
  const recipients = recipientsOf(params.get('USER_ID'));
  const text = params.get('TEXT');
  if (!toBool(text)) {
    throw new RestError('TEXT_ERROR', "Text can't be empty");
  }
  if (!toBool(portal.app.name)) {
    throw new RestError(
      'EMPTY_APP_NAME',
      "For send push-notification application name can't be empty",
    );
  }
  const avatar = avatarOf(params.get('AVATAR'));

  if (text instanceof PhpArray) {
    // The method accepts a list as TEXT, but the background job cannot send it.
    call.note('TEXT is a list: accepted, then lost');
  } else {
    call.queuedPushes.add({ senderId: caller.person.id, text: toText(text), avatar, recipients });
    if (recipients.length === 0) {
      call.note('nobody to send to');
    }
  }
  return answer(true);
}

function needApplication(call: Call): string {
  if (call.caller.clientId !== null) {
    return call.caller.clientId;
  }
  throw new RestError(
    'WRONG_AUTH_TYPE',
    'Get access to application config available only for application authorization.',
    403,
  );
}

/** Checks and accepts an event, which goes nowhere here. Source: pull/lib/rest.php (applicationEventAdd). */
function eventAdd(call: Call): Answer {
  needApplication(call);
  const { person } = call.caller;
  const params = call.params.withUpperCaseKeys();
  const userId = params.get('USER_ID') ?? null;
  // Others may send only to their own channel, and the server recognises their own id only as a string.
  if (!person.admin && userId !== null && userId !== String(person.id)) {
    throw new RestError(
      'USER_ID_ACCESS_ERROR',
      'Only admin can send notifications to other channels',
    );
  }
  const moduleId = params.get('MODULE_ID') ?? null;
  if (moduleId instanceof PhpArray) {
    throw new PhpTypeError('MODULE_ID is an array');
  }
  if (moduleId !== null && /[^a-z0-9._]/.test(toText(moduleId))) {
    throw new RestError('MODULE_ID_ERROR', 'Module ID format error');
  }
  const command = params.get('COMMAND');
  if (command instanceof PhpArray) {
    throw new PhpTypeError('COMMAND is an array');
  }
  if (!/^[\w:|.-]+\n?$/.test(toText(command))) {
    throw new RestError('COMMAND_ERROR', 'Command format error');
  }
  const given = params.get('PARAMS') ?? null;
  const eventParams = typeof given === 'string' ? jsObjectToPhp(given) : given;
  if (given !== null && !(eventParams instanceof PhpArray)) {
    throw new RestError('PARAMS_ERROR', 'Params format error');
  }
  return answer(true);
}

const CHANNEL_SECONDS = 43_205;

/** Describes channels that look like real ones but that no server serves. Source: pull/lib/rest.php (applicationConfigGet). */
function configGet(call: Call): Answer {
  const clientId = needApplication(call);
  const { portal } = call;
  const host = portal.portalHost;
  const now = portal.now();
  const channel = (owner: string) => ({
    id: createHash('md5').update(`${clientId}:${owner}:${portal.identity.memberId}`).digest('hex'),
    start: phpDate(now),
    end: phpDate(now + CHANNEL_SECONDS * 1000),
    type: clientId,
  });
  const own = channel(String(call.caller.person.id));
  return answer({
    server: {
      version: 4,
      server_enabled: true,
      mode: 'personal',
      hostname: null,
      long_polling: `http://${host}/bitrix/sub/`,
      long_pooling_secure: `https://${host}/bitrix/sub/`,
      websocket_enabled: true,
      websocket: `ws://${host}/bitrix/subws/`,
      websocket_secure: `wss://${host}/bitrix/subws/`,
      publish_enabled: false,
      publish: '',
      publish_secure: '',
      config_timestamp: 0,
    },
    api: { revision_web: 19, revision_mobile: 3 },
    channels: {
      shared: channel('shared'),
      private: {
        id: own.id,
        public_id: channel(`public ${String(call.caller.person.id)}`).id,
        start: own.start,
        end: own.end,
        type: own.type,
      },
    },
    publicChannels: false,
  });
}
