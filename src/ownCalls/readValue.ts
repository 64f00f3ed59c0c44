import type { SyntaxNode } from '@lezer/common';
import type { Grammar } from './language';
import { textOfLiteral } from './stringLiteral';
import type { Argument, Entry, Span, Value } from './value';

/** A document with the grammar by which it was parsed. */
export interface Source {
  text: string;
  grammar: Grammar;
}

/** Nodes that hold the text of a string, in all grammars. */
export const stringNodes: readonly string[] = [
  ...['String', 'TemplateString', 'HeredocString', 'FormatString'],
];

/** How deep literals may be nested. Nobody writes parameters that deep, and the stack has an end. */
const deepest = 40;

/** Reads an expression as far as it is literal. Never throws: what it does not know is `computed`. */
export function readValue(node: SyntaxNode, source: Source, depth = 0): Value {
  const at: Span = { from: node.from, to: node.to };
  const computed: Value = { ...at, kind: 'computed' };
  if (depth > deepest) {
    return computed;
  }
  const read = (inner: SyntaxNode | null): Value =>
    inner ? readValue(inner, source, depth + 1) : computed;
  const raw = () => source.text.slice(node.from, node.to);
  switch (node.name) {
    case 'String':
    case 'TemplateString':
    case 'HeredocString':
    case 'FormatString':
      return readString(node, source);
    case 'ContinuedString':
      return joined(at, childrenOf(node).map(read));
    case 'Number':
    case 'Integer':
    case 'Float':
      return readNumber(at, raw());
    case 'BooleanLiteral':
    case 'Boolean':
      return { ...at, kind: 'boolean', value: raw().toLowerCase() === 'true' };
    case 'null':
    case 'None':
      return { ...at, kind: 'null' };
    case 'UnaryExpression': {
      const value = read(node.lastChild);
      const isMinus = source.text[node.from] === '-';
      return isMinus && value.kind === 'number'
        ? { ...at, kind: 'number', value: -value.value }
        : computed;
    }
    case 'ParenthesizedExpression':
      return read(childrenOf(node).find(({ name }) => !isPunctuation(name)) ?? null);
    case 'BinaryExpression':
      return readBinary(node, source, read);
    case 'ArrayExpression':
    case 'TupleExpression':
    case 'SetExpression':
      return readArray(node, source, read);
    case 'ObjectExpression':
      return readObject(node, source, read);
    case 'DictionaryExpression':
      return readDictionary(node, source, read);
    case 'CallExpression':
    case 'NewExpression':
      return readCall(node, source, read);
    default:
      return computed;
  }
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (!/Comment$/u.test(child.name)) {
      children.push(child);
    }
  }
  return children;
}

type Read = (node: SyntaxNode | null) => Value;

function readString(node: SyntaxNode, source: Source): Value {
  const at = { from: node.from, to: node.to };
  const isPlain = childrenOf(node).every(({ name }) => /^Escape/u.test(name));
  const value = isPlain
    ? textOfLiteral(source.text.slice(at.from, at.to), source.grammar)
    : undefined;
  return value === undefined ? { ...at, kind: 'computed' } : { ...at, kind: 'text', value };
}

function readNumber(at: Span, raw: string): Value {
  const digits = raw.replaceAll('_', '');
  // A leading zero is octal in PHP, and an error elsewhere.
  const value = /^0\d/u.test(digits) ? Number.NaN : Number(digits);
  return Number.isNaN(value) ? { ...at, kind: 'computed' } : { ...at, kind: 'number', value };
}

/** Two texts put together, or a cast of TypeScript. */
function readBinary(node: SyntaxNode, source: Source, read: Read): Value {
  const [left, operator, right] = childrenOf(node);
  const sign = operator ? source.text.slice(operator.from, operator.to) : '';
  if (left && (sign === 'as' || sign === 'satisfies')) {
    return read(left);
  }
  const isJoin = sign === (source.grammar === 'php' ? '.' : '+');
  return joined(node, isJoin && left && right ? [read(left), read(right)] : []);
}

function joined({ from, to }: Span, parts: readonly Value[]): Value {
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.value] : []));
  return texts.length > 0 && texts.length === parts.length
    ? { from, to, kind: 'text', value: texts.join('') }
    : { from, to, kind: 'computed' };
}

/** A list; in PHP, with keys, a map. */
function readArray(node: SyntaxNode, source: Source, read: Read): Value {
  const at = { from: node.from, to: node.to };
  const list = node.getChild('ValueList') ?? node;
  const items: Value[] = [];
  const entries: Entry[] = [];
  let isComplete = true;
  for (const child of childrenOf(list)) {
    if (isPunctuation(child.name) || child.name === 'array') {
      continue;
    }
    if (child.name === 'Pair') {
      const entry = entryOfPair(childrenOf(child), source, read);
      isComplete &&= entry !== undefined;
      entries.push(...(entry ? [entry] : []));
    } else if (isSpread(child)) {
      isComplete = false;
    } else if (!(
      child.prevSibling &&
      isSpread(child.prevSibling) &&
      child.prevSibling.name !== 'VariadicUnpacking'
    )) {
      items.push(read(child));
    }
  }
  if (entries.length === 0) {
    return { ...at, kind: 'list', items, isComplete };
  }
  // PHP numbers the items that have no key.
  const counted = items.map((value, index) => ({
    ...{ from: value.from, to: value.to, name: String(index), key: value },
    ...{ quote: '', isShorthand: false, value },
  }));
  return { ...at, kind: 'map', entries: [...entries, ...counted], isComplete };
}

function readObject(node: SyntaxNode, source: Source, read: Read): Value {
  const entries: Entry[] = [];
  let isComplete = true;
  for (const property of node.getChildren('Property')) {
    const parts = childrenOf(property);
    const [key] = parts;
    const isPlain =
      key !== undefined && ['PropertyDefinition', 'String', 'Number'].includes(key.name);
    const entry = isPlain
      ? parts.length === 1
        ? shorthandOf(property, source)
        : entryOfPair(parts, source, read)
      : undefined;
    isComplete &&= entry !== undefined;
    entries.push(...(entry ? [entry] : []));
  }
  return { from: node.from, to: node.to, kind: 'map', entries, isComplete };
}

function shorthandOf({ from, to }: SyntaxNode, source: Source): Entry {
  return {
    ...{ from, to, name: source.text.slice(from, to), key: { from, to }, quote: '' },
    ...{ isShorthand: true, value: { from, to, kind: 'computed' } },
  };
}

function readDictionary(node: SyntaxNode, source: Source, read: Read): Value {
  const entries: Entry[] = [];
  let isComplete = true;
  let pair: SyntaxNode[] = [];
  for (const child of childrenOf(node)) {
    if (child.name === ',' || child.name === '}') {
      const entry = pair.length > 0 ? entryOfPair(pair, source, read) : undefined;
      isComplete &&= pair.length === 0 || entry !== undefined;
      entries.push(...(entry ? [entry] : []));
      pair = [];
    } else if (child.name !== '{') {
      pair.push(child);
    }
  }
  return { from: node.from, to: node.to, kind: 'map', entries, isComplete };
}

/** Key, sign and value; undefined where the key is computed or a method follows it. */
function entryOfPair(parts: readonly SyntaxNode[], source: Source, read: Read): Entry | undefined {
  const [key, sign, ...rest] = parts;
  const value = rest.at(-1);
  if (!key || !value || (sign?.name !== ':' && sign?.name !== '=>')) {
    return undefined;
  }
  const raw = source.text.slice(key.from, key.to);
  const known = stringNodes.includes(key.name) ? read(key) : undefined;
  const isBare = ['PropertyDefinition', 'Name', 'Number', 'Integer'].includes(key.name);
  const name = known?.kind === 'text' ? known.value : isBare ? raw : undefined;
  return name === undefined
    ? undefined
    : {
        ...{ from: key.from, to: value.to, name, key: { from: key.from, to: key.to } },
        ...{ quote: isBare ? '' : raw.slice(-1), isShorthand: false, value: read(value) },
      };
}

function readCall(node: SyntaxNode, source: Source, read: Read): Value {
  const at = { from: node.from, to: node.to };
  const list = node.getChild('ArgList');
  if (!list) {
    return { ...at, kind: 'computed' };
  }
  const callee = source.text.slice(at.from, list.from).replace(/^new\s+/u, '');
  // A Python `dict(TEXT="x")` is a map of its named arguments.
  if (source.grammar === 'python' && callee === 'dict') {
    return readKeywords(at, list, source, read);
  }
  return { ...at, kind: 'call', callee, args: readArguments(list, source, read) };
}

export function readArguments(
  list: SyntaxNode,
  source: Source,
  read: Read = (inner) =>
    inner ? readValue(inner, source) : { from: list.from, to: list.to, kind: 'computed' },
): Argument[] {
  return argumentsOf(list).map((parts) => {
    const [first, sign] = parts;
    const last = parts.at(-1) ?? list;
    if (first?.name === 'NamedArgument') {
      const [name] = childrenOf(first);
      return { name: name && source.text.slice(name.from, name.to), value: read(first.lastChild) };
    }
    if (first && sign?.name === 'AssignOp') {
      return { name: source.text.slice(first.from, first.to), value: read(last) };
    }
    // A spread or `**` in front: nobody can see what comes.
    return parts.length > 1
      ? { name: undefined, value: { from: last.from, to: last.to, kind: 'computed' } }
      : { name: undefined, value: read(last) };
  });
}

function argumentsOf(list: SyntaxNode): SyntaxNode[][] {
  const all: SyntaxNode[][] = [];
  let parts: SyntaxNode[] = [];
  for (const child of childrenOf(list)) {
    if (child.name === ',' || child.name === ')') {
      all.push(...(parts.length > 0 ? [parts] : []));
      parts = [];
    } else if (child.name !== '(') {
      parts.push(child);
    }
  }
  return parts.length > 0 ? [...all, parts] : all;
}

function readKeywords(at: Span, list: SyntaxNode, source: Source, read: Read): Value {
  const entries: Entry[] = [];
  const all = argumentsOf(list);
  for (const [name, sign, value] of all) {
    if (name && value && sign?.name === 'AssignOp') {
      entries.push({
        ...{ from: name.from, to: value.to, name: source.text.slice(name.from, name.to) },
        ...{ key: { from: name.from, to: name.to }, quote: '', isShorthand: false },
        value: read(value),
      });
    }
  }
  return { ...at, kind: 'map', entries, isComplete: entries.length === all.length };
}

function isPunctuation(name: string): boolean {
  return /^[()[\]{},]$/u.test(name);
}

function isSpread({ name }: SyntaxNode): boolean {
  return ['Spread', 'VariadicUnpacking', '*', '**', '...'].includes(name);
}
