import { isDeepStrictEqual } from 'node:util';

export type JsonValue = string | number | boolean | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Compares values; parsers make objects of different prototypes. */
export function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  return isObject(value) && !(value instanceof Date)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
    : value;
}

/**
 * The part that an agent's file should contain besides all that it contains already: an object is merged into the one that is
 * there, the items of a list are added to it, and anything else is a value of our own.
 */
export type Wanted = JsonObject;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the part of what is wanted that is not there, or undefined where something else stands in its place. */
export function missingIn(current: unknown, wanted: Wanted): Wanted | undefined {
  if (!isObject(current)) {
    return undefined;
  }
  const missing: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(wanted)) {
    const there: unknown = Object.hasOwn(current, key) ? current[key] : undefined;
    if (there === undefined) {
      missing[key] = value;
    } else if (!isSame(there, value)) {
      const rest = restOf(there, value);
      if (rest === undefined) {
        return undefined;
      }
      if (!isEmpty(rest)) {
        missing[key] = rest;
      }
    }
  }
  return missing;
}

function restOf(there: unknown, value: JsonValue): JsonValue | undefined {
  if (isList(value)) {
    return Array.isArray(there) ? value.filter((item) => !hasItem(there, item)) : undefined;
  }
  return typeof value === 'object' && !isLeaf(value) ? missingIn(there, value) : undefined;
}

/** Returns the value with everything that was missing, as the file should read afterwards. */
export function withMissing(current: unknown, missing: JsonValue): unknown {
  if (isList(missing)) {
    return Array.isArray(current) ? [...(current as unknown[]), ...missing] : missing;
  }
  if (typeof missing !== 'object' || !isObject(current)) {
    return missing;
  }
  const result: Record<string, unknown> = { ...current };
  for (const [key, value] of Object.entries(missing)) {
    result[key] = withMissing(Object.hasOwn(current, key) ? current[key] : undefined, value);
  }
  return result;
}

/** Returns the value without what is wanted, and without those containers of ours that are empty then. */
export function without(
  current: unknown,
  wanted: JsonValue,
  containers: readonly (readonly string[])[],
): unknown {
  if (isList(wanted)) {
    return Array.isArray(current)
      ? current.filter((item: unknown) => !hasItem(wanted, item))
      : current;
  }
  if (typeof wanted !== 'object' || isLeaf(wanted) || !isObject(current)) {
    return current;
  }
  const result: Record<string, unknown> = { ...current };
  for (const [key, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(current, key)) {
      continue;
    }
    if (isOwnValue(value)) {
      if (isSame(current[key], value)) {
        Reflect.deleteProperty(result, key);
      }
      continue;
    }
    const inner = containers.filter(([first]) => first === key).map(([, ...rest]) => rest);
    const rest = without(current[key], value, inner);
    result[key] = rest;
    if (isEmpty(rest) && inner.some(({ length }) => length === 0)) {
      Reflect.deleteProperty(result, key);
    }
  }
  return result;
}

/** The paths of the objects and lists that are missing as a whole, and are made with what is wanted. */
export function newContainers(current: unknown, missing: Wanted): string[][] {
  return Object.entries(missing).flatMap(([key, value]) => {
    if (isOwnValue(value)) {
      return [];
    }
    const there: unknown =
      isObject(current) && Object.hasOwn(current, key) ? current[key] : undefined;
    const inner = isList(value) ? [] : newContainers(there, value as Wanted);
    return [...(there === undefined ? [[key]] : []), ...inner.map((rest) => [key, ...rest])];
  });
}

/** The values that are ours as a whole, each with its path; items of a list with the path of their list. */
export function leavesOf(
  wanted: Wanted,
  path: readonly string[] = [],
): { path: string[]; value: JsonValue; isItem: boolean }[] {
  return Object.entries(wanted).flatMap(([key, value]) => {
    const here = [...path, key];
    if (isList(value) && !isOwnValue(value)) {
      return value.map((item) => ({ path: here, value: item, isItem: true }));
    }
    return isOwnValue(value)
      ? [{ path: here, value, isItem: false }]
      : leavesOf(value as Wanted, here);
  });
}

/** A server of ours is one value, though it is an object: nothing is merged into somebody else's. */
function isLeaf(value: JsonObject): boolean {
  return 'command' in value;
}

function isOwnValue(value: JsonValue): boolean {
  if (isList(value)) {
    return value.every((item) => typeof item !== 'object');
  }
  return typeof value !== 'object' || isLeaf(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value)
    ? value.length === 0
    : isObject(value) && Object.keys(value).length === 0;
}

function hasItem(items: readonly unknown[], item: unknown): boolean {
  return items.some((known) => isSame(known, item));
}
