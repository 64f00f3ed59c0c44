import type { Call } from './methods/method';
import { PhpArray, toBool, toText, type PhpValue } from './php';
import { parseQuery } from './phpParams';
import { isJsonMap, type Json } from './phpJson';

const MAX_COMMANDS = 50;

/** The answer to one command of a batch: the body that its own HTTP request would have got. */
export type CommandBody = Readonly<Record<string, Json>>;

/**
 * Runs the commands of a batch one after the other. Each has its own answer or error under its own key.
 * Source: docs/bitrix24.md, section 3; rest/classes/general/rest_provider.php (methodsBatch).
 * @param execute runs one method with parameters.
 */
export function runBatch(
  call: Call,
  execute: (method: string, params: PhpArray) => CommandBody,
): Json {
  const params = call.params.withUpperCaseKeys();
  const halt = toBool(params.get('HALT'));
  const commands = params.get('CMD');
  const collected = {
    result: new Map<string, Json>(),
    next: new Map<string, Json>(),
    total: new Map<string, Json>(),
    time: new Map<string, Json>(),
    error: new Map<string, Json>(),
  };

  let count = 0;
  for (const [key, command] of commands instanceof PhpArray ? commands : []) {
    let body: CommandBody;
    if (count++ >= MAX_COMMANDS) {
      body = failure('ERROR_BATCH_LENGTH_EXCEEDED', 'Max batch length exceeded');
    } else if (typeof command !== 'string') {
      continue;
    } else {
      const { method, query } = splitCommand(command);
      const resolved = resolveReferences(parseQuery(query), collected);
      body = FORBIDDEN.has(method)
        ? failure('ERROR_BATCH_METHOD_NOT_ALLOWED', 'Method is not allowed for batch usage')
        : execute(method, resolved);
    }
    if ('error' in body) {
      collected.error.set(key, body);
    } else {
      for (const [name, map] of Object.entries(collected)) {
        const value = body[name];
        if (value !== undefined) {
          map.set(key, value);
        }
      }
    }
    if ('error' in body && halt) {
      break;
    }
  }
  return {
    result: collected.result,
    result_error: collected.error,
    result_total: collected.total,
    result_next: collected.next,
    result_time: collected.time,
  };
}

const FORBIDDEN: ReadonlySet<string> = new Set(['batch', 'download', 'upload']);

function failure(error: string, description: string): CommandBody {
  return { error, error_description: description };
}

/** Splits a command into path and query as PHP's parse_url() does, and drops the fragment. */
function splitCommand(command: string): { method: string; query: string } {
  const [address = ''] = command.split('#', 1);
  const mark = address.indexOf('?');
  return mark < 0
    ? { method: address, query: '' }
    : { method: address.slice(0, mark), query: address.slice(mark + 1) };
}

type Collected = Readonly<Record<string, ReadonlyMap<string, Json>>>;

/** Replaces the references in all parameters. Source: rest/classes/general/rest_util.php (processBatchStructure). */
function resolveReferences(params: PhpArray, collected: Collected): PhpArray {
  const resolved = new PhpArray();
  for (const [key, value] of params) {
    resolved.set(
      key,
      value instanceof PhpArray
        ? resolveReferences(value, collected)
        : resolveReference(toText(value), collected),
    );
  }
  return resolved;
}

/**
 * Replaces `$result[command][field]…` by the answer of an earlier command. A reference that is the whole
 * value keeps the type of the answer; within a longer text it becomes text. A path that leads nowhere
 * gives the last member that it reached.
 */
function resolveReference(text: string, collected: Collected): PhpValue {
  let value = text;
  for (const [reference, name = '', path = ''] of text.matchAll(
    /\$(result|next|total|time|error)(\S*)/gi,
  )) {
    const keys = Array.from(path.matchAll(/\[([^\]]+)\]/g), ([, key = '']) => key);
    if (keys.length === 0) {
      continue;
    }
    let found: Json = collected[name] ?? null;
    for (const key of keys) {
      const inner = memberOf(found, key);
      if (inner === undefined || inner === null) {
        break;
      }
      found = inner;
    }
    const php = toPhp(found);
    if (reference === value) {
      return php;
    }
    if (typeof php === 'number' || typeof php === 'string') {
      value = value.replaceAll(reference, String(php));
    }
  }
  return value;
}

function memberOf(value: Json, key: string): Json | undefined {
  if (value === null || typeof value !== 'object') {
    return undefined;
  }
  if (isJsonMap(value)) {
    return value.get(key);
  }
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

function toPhp(value: Json): PhpValue {
  if (value === null || typeof value !== 'object') {
    return value;
  }
  const array = new PhpArray();
  for (const [key, item] of isJsonMap(value) ? value : Object.entries(value)) {
    array.set(key, toPhp(item));
  }
  return array;
}
