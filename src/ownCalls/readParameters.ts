import type { Parameter, ParameterPart, Wire } from './ownCall';
import { entryOf, lastName } from './value';
import type { MapValue, Span, Value } from './value';

/** Parameters as far as they can be seen. */
export interface ReadParameters {
  parts: ParameterPart[];
  isComplete: boolean;
}

export const nothingSeen: ReadParameters = { parts: [], isComplete: false };

/** Functions that write a map down as text, and how they write a list in it. */
const writers: Readonly<Record<string, Wire>> = {
  'JSON.stringify': 'structured',
  'json.dumps': 'structured',
  json_encode: 'structured',
  http_build_query: 'structured',
  'qs.stringify': 'structured',
  'querystring.stringify': 'repeated',
  URLSearchParams: 'joined',
  'urllib.parse.urlencode': 'joined',
  'parse.urlencode': 'joined',
  urlencode: 'joined',
};

/** Reads parameters out of a literal, a function that writes it down, or a body that is a text. */
export function readParameters(value: Value, wire: Wire = 'structured'): ReadParameters {
  switch (value.kind) {
    case 'map':
      return partOf(value, wire);
    case 'list':
      // An empty array of PHP.
      return value.items.length === 0 && value.isComplete
        ? {
            parts: [{ from: value.from, to: value.to, wire, isLiteral: true, parameters: [] }],
            isComplete: true,
          }
        : nothingSeen;
    case 'call': {
      const callee = value.callee.replace(/^\\/u, '');
      const inner = value.args[0]?.value;
      const written = Object.hasOwn(writers, callee) ? writers[callee] : undefined;
      return inner && written && inner.kind !== 'text'
        ? readParameters(inner, written)
        : nothingSeen;
    }
    case 'text':
      return readText(value.value, value);
    case 'number':
    case 'boolean':
    case 'null':
    case 'computed':
      return nothingSeen;
  }
}

function partOf(map: MapValue, wire: Wire): ReadParameters {
  const parameters = map.entries.map((entry) => ({ ...entry, ...baseName(entry.name) }));
  return {
    parts: [{ from: map.from, to: map.to, wire, isLiteral: true, parameters }],
    isComplete: map.isComplete,
  };
}

function baseName(name: string): { name: string; isIndexed: boolean } {
  const bracket = name.indexOf('[');
  return bracket > 0
    ? { name: name.slice(0, bracket), isIndexed: true }
    : { name, isIndexed: false };
}

/** A body that is a text: JSON or a form. */
function readText(text: string, at: Span): ReadParameters {
  if (!text.trimStart().startsWith('{')) {
    return readQuery(text, at);
  }
  const parsed = parseJson(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return nothingSeen;
  }
  const parameters = Object.entries(parsed).map(([name, value]) =>
    parameterInText(name, valueOfJson(value, at), at),
  );
  return {
    parts: [partInText(parameters, at)],
    isComplete: true,
  };
}

/**
 * Reads the parameters of an address or a form. They all stand at the text's own place.
 * @param isWhole false if the text goes on with something that is computed
 */
export function readQuery(query: string, at: Span, isWhole = true): ReadParameters {
  const isForm = /^[\w.~%+*[\]-]+=/u.test(query);
  const all = isForm ? [...new URLSearchParams(query)] : [];
  // The value of the last one, and perhaps its name, go on with what is computed.
  const seen = isWhole ? all : all.slice(0, -1);
  const parameters = seen.map(([name, value]) =>
    parameterInText(name, { from: at.from, to: at.to, kind: 'text', value }, at),
  );
  return {
    parts: parameters.length > 0 ? [partInText(parameters, at)] : [],
    isComplete: isWhole && (isForm || query === ''),
  };
}

function partInText(parameters: Parameter[], { from, to }: Span): ParameterPart {
  return { from, to, wire: 'structured', isLiteral: false, parameters };
}

function parameterInText(name: string, value: Value, { from, to }: Span): Parameter {
  return { ...baseName(name), from, to, key: { from, to }, quote: '', isShorthand: false, value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function valueOfJson(value: unknown, { from, to }: Span): Value {
  const at = { from, to };
  if (typeof value === 'string') {
    return { ...at, kind: 'text', value };
  }
  if (typeof value === 'number') {
    return { ...at, kind: 'number', value };
  }
  if (typeof value === 'boolean') {
    return { ...at, kind: 'boolean', value };
  }
  if (Array.isArray(value)) {
    const items = value.map((one) => valueOfJson(one, at));
    return { ...at, kind: 'list', items, isComplete: true };
  }
  return value === null ? { ...at, kind: 'null' } : { ...at, kind: 'computed' };
}

/** Names under which the options of HTTP clients carry parameters, and how they write a list. */
const optionNames: Readonly<Record<string, Wire>> = {
  ...{ json: 'structured', body: 'structured', data: 'structured', form_params: 'structured' },
  ...{ params: 'structured', query: 'structured', searchParams: 'structured', form: 'structured' },
  ...{ content: 'structured', payload: 'structured', CURLOPT_POSTFIELDS: 'structured' },
};

/**
 * Reads the parameters out of the options of an HTTP client, such as `{method: 'POST', body: …}`.
 * @param wire how the client writes lists in a form or an address
 */
export function readOptions(options: MapValue, wire: Wire): ReadParameters | undefined {
  const found = options.entries.filter(({ name }) => Object.hasOwn(optionNames, name));
  const read = found.map(({ name, value }) =>
    readParameters(value, name === 'json' ? 'structured' : wire),
  );
  // The options of a stream of PHP: ['http' => ['content' => …]].
  const http = entryOf(options, ['http'])?.value;
  const inner = http?.kind === 'map' ? readOptions(http, wire) : undefined;
  const all = [...read, ...(inner ? [inner] : [])];
  return all.length > 0 ? together(all, options.isComplete) : undefined;
}

export function isOptionName(name: string): boolean {
  return Object.hasOwn(optionNames, name);
}

export function together(all: readonly ReadParameters[], isWhole = true): ReadParameters {
  return {
    parts: all.flatMap(({ parts }) => parts),
    isComplete: isWhole && all.every(({ isComplete }) => isComplete),
  };
}

/** True for a map whose keys are those of a push: nothing else is called so. */
export function looksLikePush(value: Value | undefined): boolean {
  return (
    value?.kind === 'map' &&
    value.entries.some(({ name }) => /^(?:user_id|text|avatar|message)$/iu.test(name))
  );
}

/** True for a function by which SDKs and applications call a method of Bitrix24. */
export function isCaller(callee: string): boolean {
  const name = lastName(callee);
  return (
    /(?:^|_)(?:call|batch|make|execute|invoke|request|query|run|send)(?=$|[A-Z_\d])/u.test(name) ||
    /^call(?:method|batch|rest)/iu.test(name) ||
    /(?:^|_)rest(?=$|[A-Z_])|R(?:est|EST)(?=$|[A-Z_])/u.test(name)
  );
}

/** True for a function that sends a request to an address. */
export function isHttp(callee: string): boolean {
  const name = lastName(callee);
  return (
    /^(?:fetch|ofetch|post|get|put|request|axios|got|ky|ajax|send|urlopen|Request|query)$/u.test(
      name,
    ) ||
    /^(?:file_get_contents|curl_init|curl_setopt|curl_setopt_array|wp_remote_(?:post|get))$/u.test(
      name,
    ) ||
    /curl/iu.test(name)
  );
}
