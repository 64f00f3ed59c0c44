import { avatarAddress } from '../bitrix24/avatarAddress';
import { meaningOf, parametersOf } from './judge';
import type { OwnCall } from './ownCall';
import type { Value } from './value';

/** A value that JSON can carry. */
export type Plain = string | number | boolean | null | Plain[] | { [name: string]: Plain };

export interface PlainParameter {
  name: string;
  /** undefined where it is known at run time only. */
  value: Plain | undefined;
}

/**
 * The parameters as the method would get them, in the order of the source; undefined if some of them cannot even be
 * named. Credentials stay where they are: whoever sends it uses their own.
 */
export function sentParameters(call: OwnCall): PlainParameter[] | undefined {
  const all = parametersOf(call).filter(
    ({ parameter: { name } }) => !/^(?:auth|access_token|sessid)$/iu.test(name),
  );
  const isPlain = all.every(({ parameter }) => !parameter.isIndexed);
  return call.isComplete && isPlain
    ? all.map(({ parameter, part }) => ({
        name: parameter.name,
        value: onTheWire(plainOf(parameter.value), part.wire),
      }))
    : undefined;
}

/** A list as it arrives where it does not travel as one. */
function onTheWire(value: Plain | undefined, wire: OwnCall['parts'][number]['wire']) {
  if (!Array.isArray(value) || wire === 'structured') {
    return value;
  }
  return wire === 'joined' ? value.map(String).join(',') : value.at(-1);
}

function plainOf(value: Value): Plain | undefined {
  switch (value.kind) {
    case 'text':
    case 'number':
    case 'boolean':
      return value.value;
    case 'null':
      return null;
    case 'list': {
      const items = value.items.map(plainOf);
      const known = items.filter((item) => item !== undefined);
      return value.isComplete && known.length === items.length ? known : undefined;
    }
    case 'map': {
      const pairs = value.entries.flatMap((entry) => {
        const plain = plainOf(entry.value);
        return plain === undefined ? [] : [[entry.name, plain] as const];
      });
      const isWhole = value.isComplete && pairs.length === value.entries.length;
      return isWhole ? Object.fromEntries(pairs) : undefined;
    }
    case 'call':
    case 'computed':
      return undefined;
  }
}

/** What the form takes of a call. */
export interface FormContent {
  text: string;
  avatar: string;
  ids: number[];
}

/** What a call says for the form, also under the names that only mean it; undefined if it says nothing. */
export function formContent(call: OwnCall): FormContent | undefined {
  const find = (name: 'TEXT' | 'USER_ID' | 'AVATAR') => {
    const all = parametersOf(call).map(({ parameter }) => parameter);
    const found =
      all.findLast((parameter) => parameter.name.toUpperCase() === name) ??
      all.find((parameter) => meaningOf(parameter.name) === name);
    return found && plainOf(found.value);
  };
  const text = find('TEXT');
  const avatar = find('AVATAR');
  const content = {
    text: typeof text === 'string' ? text : '',
    avatar: typeof avatar === 'string' ? (avatarAddress(avatar) ?? '') : '',
    ids: idsOf(find('USER_ID')),
  };
  return content.text !== '' || content.ids.length > 0 ? content : undefined;
}

function idsOf(value: Plain | undefined): number[] {
  const items = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? (value.match(/\d+/gu) ?? [])
      : [value];
  const ids = items.map(Number).filter((id) => Number.isSafeInteger(id) && id > 0);
  return [...new Set(ids)];
}
