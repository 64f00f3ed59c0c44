import type { SyntaxNode, Tree } from '@lezer/common';
import { pushMethod } from './language';
import type { OwnCall, Wire } from './ownCall';
import {
  isCaller,
  isHttp,
  isOptionName,
  looksLikePush,
  nothingSeen,
  readOptions,
  readParameters,
  readQuery,
  together,
} from './readParameters';
import type { ReadParameters } from './readParameters';
import { childrenOf, readArguments, readValue, stringNodes } from './readValue';
import type { Source } from './readValue';
import { entryOf, isSame, lastName } from './value';
import type { Argument, MapValue, Span, Value } from './value';

/** Names of the entry or argument that holds the parameters, beside the one that names the method. */
const parameterNames = ['params', 'parameters', 'data', 'fields', 'payload', 'query', 'items'];
const methodNames = ['method', 'api_method', 'apiMethod', 'apimethod'];
const addressNames = ['url', 'uri', 'URL', 'CURLOPT_URL', 'address', 'endpoint'];

/** A literal that names the method, and what it stands in. */
interface Mention {
  /** The whole expression: a literal, or one that is joined with others. */
  expression: SyntaxNode;
  kind: 'name' | 'command' | 'address';
  /** The query behind the name of the method, and whether it is all of it. */
  query: string | undefined;
  isWhole: boolean;
  /** Parameters that a function writes behind the `?` of the address. */
  written?: ReadParameters | undefined;
  address: OwnCall['address'];
}

/**
 * Finds the calls of the method that are written with literals. What is computed is left out.
 * @param mentions where the method is named
 */
export function findCalls(tree: Tree, source: Source, mentions: readonly number[]): OwnCall[] {
  const calls: OwnCall[] = [];
  for (const index of mentions) {
    const mention = mentionAt(tree, index, source);
    const call = mention && callOf(mention, source);
    if (call && !calls.some(({ method }) => isSame(method, call.method))) {
      calls.push(call);
    }
  }
  return calls;
}

function mentionAt(tree: Tree, index: number, source: Source): Mention | undefined {
  const literal = tree.resolveInner(index, 1);
  if (!stringNodes.includes(literal.name)) {
    return undefined;
  }
  let expression = literal;
  while (expression.parent && isJoint(expression.parent)) {
    expression = expression.parent;
  }
  const value = readValue(expression, source);
  const at = { from: expression.from, to: expression.to };
  if (value.kind === 'text') {
    const [path = '', ...rest] = value.value.split('?');
    const query = rest.length > 0 ? rest.join('?') : undefined;
    if (path.toLowerCase() === pushMethod) {
      const kind = query === undefined ? 'name' : 'command';
      return { expression, kind, query, isWhole: true, address: undefined };
    }
    return isAddress(path)
      ? {
          expression,
          kind: 'address',
          query,
          isWhole: true,
          address: { ...at, value: value.value },
        }
      : undefined;
  }
  // Part of it is computed: the literal piece says whether it is an address, and whether it ends with the method.
  const piece = source.text.slice(index + pushMethod.length, literal.to);
  const [, query, rest = ''] = /^(?:\.json|\.xml)?(?:\?([^"'`${]*))?([^]*)$/u.exec(piece) ?? [];
  const before = source.text.slice(literal.from, index);
  const endsHere = /^["'`]$/u.test(rest) && literal.to === expression.to;
  if (!/[/}"'`]$/u.test(before) || (/^["'`]$/u.test(before) && isSame(literal, expression))) {
    return undefined;
  }
  const shown = { ...at, value: before.replace(/^\w*["'`]/u, '') + pushMethod };
  const written = rest.startsWith('?') || query === '' ? writtenBehind(literal, source) : undefined;
  return { expression, kind: 'address', query, isWhole: endsHere, written, address: shown };
}

/** What is joined to a literal, if that is all: `'…push.add?' . http_build_query([…])`. */
function writtenBehind(literal: SyntaxNode, source: Source): ReadParameters | undefined {
  const [left, , right] = literal.parent ? childrenOf(literal.parent) : [];
  const isBefore = left !== undefined && right !== undefined && left.to === literal.to;
  const value = isBefore ? readValue(right, source) : undefined;
  return value?.kind === 'call' ? readParameters(value) : undefined;
}

/** Nodes that only put literals together. */
function isJoint({ name }: SyntaxNode): boolean {
  return ['ContinuedString', 'ParenthesizedExpression', 'BinaryExpression'].includes(name);
}

function isAddress(path: string): boolean {
  return /^(?:https?:\/)?\/\S*$/iu.test(path) && isMethodPath(path);
}

function isMethodPath(path: string): boolean {
  return path
    .toLowerCase()
    .replace(/\.(?:json|xml)$/u, '')
    .endsWith(`/${pushMethod}`);
}

function callOf(mention: Mention, source: Source): OwnCall | undefined {
  const found = parametersOf(mention, source);
  if (!found) {
    return undefined;
  }
  const { expression, kind, address } = mention;
  const query =
    mention.written ??
    (mention.query === undefined && mention.isWhole
      ? undefined
      : readQuery(mention.query ?? '', expression, mention.isWhole));
  const read = together([...(query ? [query] : []), found.read]);
  return {
    ...{ from: found.span.from, to: found.span.to },
    method: { from: expression.from, to: expression.to },
    address: kind === 'address' ? address : undefined,
    ...read,
  };
}

interface Found {
  span: Span;
  read: ReadParameters;
}

function parametersOf(mention: Mention, source: Source): Found | undefined {
  const { expression } = mention;
  const container = containerOf(expression);
  switch (container?.name) {
    case 'ArgList':
      return inArguments(mention, container, source);
    case 'ObjectExpression':
    case 'DictionaryExpression':
    case 'ArrayExpression':
    case 'TupleExpression':
      return inLiteral(mention, container, source);
    case undefined:
    default:
      return undefined;
  }
}

/** The list, map or arguments that an expression is part of. */
function containerOf(node: SyntaxNode): SyntaxNode | undefined {
  let parent = node.parent;
  while (parent && ['Property', 'Pair', 'ValueList', 'NamedArgument'].includes(parent.name)) {
    parent = parent.parent;
  }
  return parent ?? undefined;
}

function calleeOf(list: SyntaxNode, source: Source): string {
  const from = list.parent?.from ?? list.from;
  return source.text
    .slice(from, list.from)
    .replace(/^new\s+/u, '')
    .replace(/<[^<>]*>$/u, '');
}

function inArguments(mention: Mention, list: SyntaxNode, source: Source): Found | undefined {
  const callee = calleeOf(list, source);
  const args = readArguments(list, source);
  const at = args.findIndex(
    ({ value }) => value.from <= mention.expression.from && mention.expression.to <= value.to,
  );
  const span = list.parent ?? list;
  const rest = args.filter((_, index) => index > at);
  const none: ReadParameters = { parts: [], isComplete: true };
  switch (mention.kind) {
    case 'command':
      return isCaller(callee) ? { span, read: none } : undefined;
    case 'name': {
      if (!isCaller(callee)) {
        return undefined;
      }
      const named = args.find(({ name }) => name !== undefined && parameterNames.includes(name));
      const value = (named ?? rest.find(({ name }) => name === undefined))?.value;
      const isBare = args.length === 1 && /^callMethod$/u.test(lastName(callee));
      return { span, read: value ? readParameters(value) : isBare ? none : nothingSeen };
    }
    case 'address':
      return isHttp(callee) ? { span, read: requestOf(callee, rest, source) } : undefined;
  }
}

/** The parameters of a request by plain HTTP, by what follows its address. */
function requestOf(callee: string, rest: readonly Argument[], source: Source): ReadParameters {
  const name = lastName(callee);
  const wire: Wire = source.grammar === 'python' ? 'repeated' : 'structured';
  const read: ReadParameters[] = [];
  let isKnown = true;
  for (const { name: argument, value } of rest) {
    if (argument !== undefined) {
      if (isOptionName(argument)) {
        read.push(readParameters(value, argument === 'json' ? 'structured' : wire));
      }
      continue;
    }
    // stream_context_create(['http' => ['content' => …]])
    const options = value.kind === 'call' ? value.args[0]?.value : value;
    const isOwn =
      options === value ||
      /stream_context_create$/u.test(value.kind === 'call' ? value.callee : '');
    const inOptions = isOwn && options?.kind === 'map' ? readOptions(options, wire) : undefined;
    if (inOptions) {
      read.push(inOptions);
    } else if (/^post$|^wp_remote_post$/u.test(name) && read.length === 0) {
      // axios.post(url, {…}), Http::post(url, […]), $.post(url, {…}): the parameters themselves.
      read.push(readParameters(value, wire));
    } else if (value.kind === 'computed' || value.kind === 'call') {
      isKnown = false;
    }
  }
  const isElsewhere = /curl/iu.test(name) && read.length === 0;
  return together(read, isKnown && !isElsewhere && (read.length > 0 || !/^post$/u.test(name)));
}

/** A command in a list or a map: `[method, {…}]`, `{method, params}`, `{url, data}`, `'method?TEXT=…'`. */
function inLiteral(mention: Mention, container: SyntaxNode, source: Source): Found | undefined {
  const literal = readValue(container, source);
  const called = calledBy(container, source);
  if (mention.kind === 'command') {
    return { span: mention.expression, read: { parts: [], isComplete: true } };
  }
  if (literal.kind === 'list') {
    const [first, second] = literal.items;
    const isCommand =
      mention.kind === 'name' && first && isSame(first, mention.expression) && second !== undefined;
    return isCommand && ((called && isCaller(called)) || looksLikePush(second))
      ? { span: container, read: readParameters(second) }
      : undefined;
  }
  const entry =
    literal.kind === 'map'
      ? literal.entries.find(({ value }) => covers(value, mention.expression))
      : undefined;
  return literal.kind === 'map' && entry
    ? inMap(mention, { literal, called, key: entry.name, container })
    : undefined;
}

interface MapContext {
  literal: MapValue;
  /** The function that is called with the map, as written. */
  called: string | undefined;
  key: string;
  container: SyntaxNode;
}

function inMap(mention: Mention, context: MapContext): Found | undefined {
  const { literal, called, key, container } = context;
  if (mention.kind === 'name') {
    const params = entryOf(literal, parameterNames)?.value;
    const isCommand = methodNames.includes(key) && params !== undefined;
    return isCommand && ((called && isCaller(called)) || looksLikePush(params))
      ? { span: container, read: readParameters(params) }
      : undefined;
  }
  if (!addressNames.includes(key) || !called || !isHttp(called)) {
    return undefined;
  }
  return {
    span: container,
    read: readOptions(literal, 'structured') ?? { parts: [], isComplete: literal.isComplete },
  };
}

function covers(value: Value, { from, to }: Span): boolean {
  return value.from <= from && to <= value.to;
}

/** The function whose argument a literal is, or is nested in. */
function calledBy(container: SyntaxNode, source: Source): string | undefined {
  const literals = ['ObjectExpression', 'DictionaryExpression', 'ArrayExpression'];
  const inner = ['TupleExpression', 'Property', 'Pair', 'ValueList', 'NamedArgument'];
  let node: SyntaxNode | null = container;
  while (node && [...literals, ...inner, 'ParenthesizedExpression'].includes(node.name)) {
    node = node.parent;
  }
  return node?.name === 'ArgList' ? calleeOf(node, source) : undefined;
}
