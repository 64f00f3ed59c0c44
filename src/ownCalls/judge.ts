import { avatarAddress } from '../bitrix24/avatarAddress';
import { isBlank } from '../bitrix24/blankText';
import { pushBudget } from '../bitrix24/pushSize';
import { fixesOf } from './fixes';
import type { Finding, FindingKind, PushParameter } from './finding';
import { judgeIds } from './judgeIds';
import type { OwnCall, Parameter, ParameterPart } from './ownCall';
import type { Source } from './readValue';
import type { Span } from './value';

const known: readonly string[] = ['USER_ID', 'TEXT', 'AVATAR'];

/** Names that the portal takes out of a request before the method sees it. docs/bitrix24.md, section 2. */
const credentials: readonly string[] = ['AUTH', 'ACCESS_TOKEN', 'SESSID'];

/** True for a name that the method or the portal reads. */
export function isKnownParameter(name: string): boolean {
  const upper = name.toUpperCase();
  return known.includes(upper) || credentials.includes(upper);
}

/** What people mean by names that the method does not know; the likelier ones for a parameter first. */
const meanings: Readonly<Record<PushParameter, readonly string[]>> = {
  TEXT: ['MESSAGE', 'MSG', 'BODY', 'CONTENT', 'PUSH_MESSAGE', 'MESSAGE_TEXT', 'TITLE'],
  USER_ID: ['USERS', 'USER', 'USER_IDS', 'USERIDS', 'USERID', 'USERS_ID', 'TO', 'RECIPIENTS', 'ID'],
  AVATAR: ['ICON', 'IMAGE', 'PICTURE', 'PHOTO', 'AVATAR_URL', 'AVATARURL', 'IMG'],
};

/** What somebody wants who gives a parameter this name. */
export function meaningOf(name: string): PushParameter | undefined {
  const upper = name.toUpperCase();
  const found = (Object.keys(meanings) as PushParameter[]).find((key) =>
    meanings[key].includes(upper),
  );
  return found;
}

/** Everything that is certainly wrong with a call, in the order of the source. */
export function judge(call: OwnCall, source: Source): Finding[] {
  const findings: (Span & FindingKind)[] = [
    ...unknownParameters(call),
    ...doubleParameters(call),
    ...judgeText(call),
    ...judgeIds(parameterOf(call, 'USER_ID'), call, means(call, 'USER_ID')),
    ...judgeAvatar(call),
    ...judgeAddress(call),
  ];
  return findings
    .map((finding) => ({ ...finding, fixes: fixesOf(finding, call, source) }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

/** All parameters with the part in which they stand. */
export function parametersOf(call: OwnCall): { parameter: Parameter; part: ParameterPart }[] {
  return call.parts.flatMap((part) => part.parameters.map((parameter) => ({ parameter, part })));
}

/** The parameter of this name; of several, the last one counts. */
export function parameterOf(
  call: OwnCall,
  name: PushParameter,
): { parameter: Parameter; part: ParameterPart } | undefined {
  return parametersOf(call).findLast(({ parameter }) => parameter.name.toUpperCase() === name);
}

/** True if a parameter of another name was meant to be this one. */
function means(call: OwnCall, name: PushParameter): boolean {
  return parametersOf(call).some(({ parameter }) => meaningOf(parameter.name) === name);
}

function unknownParameters(call: OwnCall): (Span & FindingKind)[] {
  return parametersOf(call).flatMap(({ parameter: { name, key } }) =>
    isKnownParameter(name)
      ? []
      : [
          {
            ...{ from: key.from, to: key.to },
            ...{ code: 'unknownParameter' as const, name, means: missingMeaning(call, name) },
          },
        ],
  );
}

/** The parameter that is meant by this name, if the call lacks it and no likelier name stands for it. */
function missingMeaning(call: OwnCall, name: string): PushParameter | undefined {
  const meaning = meaningOf(name);
  if (!meaning || parameterOf(call, meaning)) {
    return undefined;
  }
  const names = parametersOf(call).map(({ parameter }) => parameter.name.toUpperCase());
  const likeliest = meanings[meaning].find((one) => names.includes(one));
  return likeliest === name.toUpperCase() ? meaning : undefined;
}

function doubleParameters(call: OwnCall): (Span & FindingKind)[] {
  return call.parts.flatMap(({ parameters }) =>
    parameters.flatMap(({ name, key, isIndexed }, index) => {
      const isLater = parameters
        .slice(index + 1)
        .some((other) => other.name.toUpperCase() === name.toUpperCase());
      return !isIndexed && isLater && known.includes(name.toUpperCase())
        ? [{ from: key.from, to: key.to, code: 'doubleParameter' as const, name }]
        : [];
    }),
  );
}

function judgeText(call: OwnCall): (Span & FindingKind)[] {
  const text = parameterOf(call, 'TEXT')?.parameter;
  if (!text) {
    return call.isComplete && !means(call, 'TEXT')
      ? [{ ...placeOf(call), code: 'textMissing' }]
      : [];
  }
  if (text.isIndexed) {
    return [];
  }
  const { value } = text;
  const at = { from: value.from, to: value.to };
  switch (value.kind) {
    case 'null':
      return [{ ...at, code: 'textEmpty' }];
    case 'boolean':
      return value.value ? [] : [{ ...at, code: 'textEmpty' }];
    case 'number':
      return value.value === 0 ? [{ ...at, code: 'textZero' }] : [];
    case 'list':
      return value.isComplete && value.items.length === 0
        ? [{ ...at, code: 'textEmpty' }]
        : [{ ...at, code: 'textList' }];
    case 'map':
      return [
        { ...at, code: value.isComplete && value.entries.length === 0 ? 'textEmpty' : 'textList' },
      ];
    case 'text':
      return judgeWords(value.value, at, call);
    case 'call':
    case 'computed':
      return [];
  }
}

function judgeWords(text: string, at: Span, call: OwnCall): (Span & FindingKind)[] {
  if (text === '') {
    return [{ ...at, code: 'textEmpty' }];
  }
  if (text === '0') {
    return [{ ...at, code: 'textZero' }];
  }
  if (isBlank(text)) {
    return [{ ...at, code: 'textBlank' }];
  }
  const avatar = parameterOf(call, 'AVATAR')?.parameter.value;
  const { ios, android } = pushBudget({
    ...{ text, appName: typicalAppName, clientId: typicalClientId },
    avatar: avatar?.kind === 'text' ? avatar.value : '',
  });
  const platforms = [
    ...(ios.fits ? [] : ['ios' as const]),
    ...(android.fits ? [] : ['android' as const]),
  ];
  const cutAt = Math.min(ios.cutAt, android.cutAt);
  return platforms.length > 0
    ? [{ ...at, code: 'textTooLong', platforms, cutAt, length: text.length }]
    : [];
}

/** The source does not tell them, and they are part of what has to fit. */
const typicalAppName = 'Bitrix24 application';
const typicalClientId = `local.${'0'.repeat(14)}.${'0'.repeat(8)}`;

function judgeAvatar(call: OwnCall): (Span & FindingKind)[] {
  const avatar = parameterOf(call, 'AVATAR')?.parameter;
  if (!avatar || avatar.isIndexed) {
    return [];
  }
  const { value } = avatar;
  const at = { from: value.from, to: value.to };
  if (value.kind === 'list' || value.kind === 'map') {
    return [{ ...at, code: 'avatarList' }];
  }
  return value.kind === 'text' && avatarAddress(value.value) === undefined
    ? [{ ...at, code: 'avatarNotHttp' }]
    : [];
}

/** The address of a webhook: /rest/USER/KEY/METHOD, since REST 3 also /rest/api/USER/KEY/METHOD. */
function judgeAddress({ address }: OwnCall): (Span & FindingKind)[] {
  const isWebhook =
    address !== undefined && /\/rest\/(?:api\/)?\d{1,10}\/[^/?\s]+\/[^/?]+/iu.test(address.value);
  return isWebhook ? [{ from: address.from, to: address.to, code: 'webhook' }] : [];
}

/** Where to say that something is missing: at the name of the method. */
export function placeOf(call: OwnCall): Span {
  return { from: call.method.from, to: call.method.to };
}
