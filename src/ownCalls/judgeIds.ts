import type { IdFinding } from './finding';
import type { OwnCall, Parameter, ParameterPart } from './ownCall';
import type { Span, Value } from './value';

export function judgeIds(
  found: { parameter: Parameter; part: ParameterPart } | undefined,
  call: OwnCall,
  isMeant: boolean,
): (Span & IdFinding)[] {
  if (!found) {
    const { from, to } = call.method;
    return call.isComplete && !isMeant ? [{ from, to, code: 'idsMissing' }] : [];
  }
  const { parameter, part } = found;
  const { value } = parameter;
  const at = { from: value.from, to: value.to };
  if (parameter.isIndexed) {
    return [];
  }
  if (value.kind === 'text') {
    return judgeIdText(value.value, at);
  }
  if (value.kind === 'list') {
    return judgeIdList(value, part);
  }
  if (value.kind === 'boolean' && value.value) {
    return [{ ...at, code: 'idsTrue' }];
  }
  const isNobody =
    value.kind === 'null' ||
    value.kind === 'boolean' ||
    (value.kind === 'number' && Math.trunc(value.value) <= 0);
  return isNobody ? [{ ...at, code: 'idsNobody' }] : [];
}

/** Several ids in one text, with commas or the like between them. */
const severalIds = /^\s*\d+(?:\s*[,;|]\s*\d+|\s+\d+)+\s*[,;|]?\s*$/u;

/** The portal reads a text as JSON; if it is none, as a number that the text begins with. */
function judgeIdText(text: string, at: Span): (Span & IdFinding)[] {
  if (severalIds.test(text)) {
    const ids = [...text.matchAll(/\d+/gu)].map(([digits]) => Number(digits));
    const id = ids[0] ?? 0;
    return id > 0 ? [{ ...at, code: 'idsOnlyOne', id, ids }] : [{ ...at, code: 'idsNobody' }];
  }
  const json = parseJson(text);
  if (Array.isArray(json) || (typeof json === 'object' && json !== null)) {
    const ids = Object.values(json).map((item) => idOf(item));
    return ids.some((id) => id > 0) ? [] : [{ ...at, code: 'idsNobody' }];
  }
  if (json === true) {
    return [{ ...at, code: 'idsTrue' }];
  }
  // JSON with single quotes or bare keys is read, too, in a way of its own.
  if (/^\s*[[{'"]/u.test(text)) {
    return /^\s*\[[^\]]*$/u.test(text) ? [{ ...at, code: 'idsNobody' }] : [];
  }
  return idOf(json ?? text) > 0 ? [] : [{ ...at, code: 'idsNobody' }];
}

function judgeIdList(
  list: Extract<Value, { kind: 'list' }>,
  { wire }: ParameterPart,
): (Span & IdFinding)[] {
  const at = { from: list.from, to: list.to };
  const items = list.items.map((item) => ({ item, id: idOfValue(item) }));
  const isKnown = list.isComplete && items.every(({ id }) => id !== undefined);
  if (isKnown && items.every(({ id }) => id !== undefined && id <= 0)) {
    return [{ ...at, code: 'idsNobody' }];
  }
  const ids = items.flatMap(({ id }) => (id !== undefined && id > 0 ? [id] : []));
  const only = wire === 'joined' ? ids[0] : wire === 'repeated' ? ids.at(-1) : undefined;
  if (isKnown && only !== undefined && ids.length > 1) {
    return [{ ...at, code: 'idsOnlyOne', id: only, ids }];
  }
  return items.flatMap(({ item, id }): (Span & IdFinding)[] => {
    const place = { from: item.from, to: item.to };
    if (item.kind === 'text' && severalIds.test(item.value)) {
      const several = [...item.value.matchAll(/\d+/gu)].map(([digits]) => Number(digits));
      return [{ ...place, code: 'idsOnlyOne', id: several[0] ?? 0, ids: several }];
    }
    return id !== undefined && id <= 0
      ? [{ ...place, code: 'idsDropped', shown: item.kind === 'text' ? item.value : String(id) }]
      : [];
  });
}

/** The id that PHP's `intval` makes of a literal; undefined where that is not certain. */
function idOfValue(value: Value): number | undefined {
  switch (value.kind) {
    case 'text':
    case 'number':
    case 'boolean':
      return idOf(value.value);
    case 'null':
      return 0;
    case 'list':
    case 'map':
    case 'call':
    case 'computed':
      return undefined;
  }
}

function idOf(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return Math.trunc(Number(value));
  }
  if (typeof value === 'string') {
    const number = /^\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)/iu.exec(value)?.[1];
    return number === undefined ? 0 : Math.trunc(Number(number));
  }
  return Array.isArray(value) && value.length > 0 ? 1 : 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
