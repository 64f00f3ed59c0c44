import { createScanner, findNodeAtLocation, getNodeValue, parseTree } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { insert, lineBreakOf, takeOut } from './splice';
import type { Change, Splice } from './splice';
import {
  isObject,
  isSame,
  leavesOf,
  missingIn,
  newContainers,
  withMissing,
  without,
} from './wanted';
import type { JsonValue, Wanted } from './wanted';

/** How an agent reads its file: some take no comments, and then ignore the whole file in silence. */
export type JsonDialect = 'json' | 'jsonc';

export type Addition =
  | { kind: 'there' }
  | {
      kind: 'added';
      after: string;
      splices: Splice[];
      /** The objects and lists that were made for it. */
      containers: string[][];
      /** The part of what is wanted that was not there before. */
      added: Wanted;
    }
  /** `damaged`: it cannot be read; `comments`: the agent does not read it; `taken`: something else has our place. */
  | { kind: 'fault'; fault: FileFault };

export type FileFault = 'damaged' | 'comments' | 'taken';

/** jsonc-parser's numbers of token kinds; its enumeration cannot be imported with isolated modules. */
const commaToken = 5;
const endOfFile = 17;
const commentTokens = [12, 13];
const bom = '\ufeff';

/** Puts what is missing into the text of a JSON file, at the ends of its objects and lists. */
export function addToJson(text: string, wanted: Wanted, dialect: JsonDialect): Addition {
  const start = text.startsWith(bom) ? 1 : 0;
  if (text.slice(start).trim() === '') {
    const whole = JSON.stringify(wanted, undefined, 2).replaceAll('\n', lineBreakOf(text));
    const splice = { offset: start, lead: '', kept: '', text: whole + lineBreakOf(text) };
    const containers = newContainers({}, wanted);
    return {
      kind: 'added',
      after: insert(text, [splice]),
      splices: [splice],
      containers,
      added: wanted,
    };
  }
  if (dialect === 'json' && hasComment(text)) {
    return { kind: 'fault', fault: 'comments' };
  }
  const root = parse(text, dialect);
  if (root?.type !== 'object') {
    return { kind: 'fault', fault: 'damaged' };
  }
  const current: unknown = getNodeValue(root);
  const missing = missingIn(current, wanted);
  if (!missing) {
    return { kind: 'fault', fault: 'taken' };
  }
  if (Object.keys(missing).length === 0) {
    return { kind: 'there' };
  }
  const splices = splicesFor(text, root, missing).sort((a, b) => a.offset - b.offset);
  const after = insert(text, splices);
  const reread = parse(after, dialect);
  // A key that stands there twice, for example, makes readers disagree about what is in the file.
  if (!reread || !isSame(getNodeValue(reread), withMissing(current, missing))) {
    return { kind: 'fault', fault: 'damaged' };
  }
  return {
    kind: 'added',
    after,
    splices,
    containers: newContainers(current, missing),
    added: missing,
  };
}

/**
 * Takes what is wanted out of the text again. Returns undefined if it cannot be read, and the text itself if nothing of
 * ours is in it. `change` is what is remembered of putting it there, if anything is.
 */
export function removeFromJson(
  text: string,
  wanted: Wanted,
  change: (Change & { containers: readonly (readonly string[])[] }) | undefined,
): string | undefined {
  const root = parse(text, 'jsonc');
  if (!root) {
    return text.replace(bom, '').trim() === '' ? text : undefined;
  }
  const current: unknown = getNodeValue(root);
  const containers = change?.containers ?? [];
  const expected = without(current, wanted, containers);
  if (isSame(current, expected)) {
    return text;
  }
  const isExpected = (result: string): boolean => {
    const reread = parse(result, 'jsonc');
    return reread !== undefined && isSame(getNodeValue(reread), expected);
  };
  const exact = change && takeOut(text, change);
  if (exact !== undefined && (isExpected(exact) || isBlank(exact, expected))) {
    return exact;
  }
  const edited = removeValues(text, wanted, containers);
  return isExpected(edited) ? edited : undefined;
}

/** A file that was empty before is empty again, though that is no JSON. */
function isBlank(text: string, expected: unknown): boolean {
  return text.replace(bom, '').trim() === '' && isSame(expected, {});
}

/** Removes each value of ours where it stands now, in a file that somebody else has written anew. */
function removeValues(
  text: string,
  wanted: Wanted,
  containers: readonly (readonly string[])[],
): string {
  let result = text;
  const remove = (path: readonly (string | number)[]) => {
    const root = parse(result, 'jsonc');
    const node = root && findNodeAtLocation(root, [...path]);
    result = node ? withoutMember(result, node) : result;
  };
  const valueAt = (path: readonly string[]): unknown => {
    const root = parse(result, 'jsonc');
    const node = root && findNodeAtLocation(root, [...path]);
    return node && (getNodeValue(node) as unknown);
  };
  for (const { path, value, isItem } of leavesOf(wanted)) {
    const there = valueAt(path);
    if (isItem) {
      const index = Array.isArray(there)
        ? there.findIndex((item: unknown) => isSame(item, value))
        : -1;
      if (index >= 0) {
        remove([...path, index]);
      }
    } else if (isSame(there, value)) {
      remove(path);
    }
  }
  for (const path of [...containers].sort((a, b) => b.length - a.length)) {
    const there = valueAt(path);
    if (isSame(there, {}) || isSame(there, [])) {
      remove(path);
    }
  }
  return result;
}

/** Removes a member of an object or list together with its comma. */
function withoutMember(text: string, node: Node): string {
  const member = node.parent?.type === 'property' ? node.parent : node;
  const siblings = member.parent?.children ?? [];
  const index = siblings.indexOf(member);
  const [previous, next] = [siblings[index - 1], siblings[index + 1]];
  const end = member.offset + member.length;
  // The line of the last member ends with the closing bracket's indentation, which stays.
  const from = next || !previous ? member.offset : previous.offset + previous.length;
  return text.slice(0, from) + text.slice(next?.offset ?? end);
}

function parse(text: string, dialect: JsonDialect): Node | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(text.startsWith(bom) ? ` ${text.slice(1)}` : text, errors, {
    disallowComments: dialect === 'json',
    allowTrailingComma: dialect === 'jsonc',
  });
  return errors.length === 0 ? root : undefined;
}

function hasComment(text: string): boolean {
  const scanner = createScanner(text, false);
  for (let token = scanner.scan() as number; token !== endOfFile; token = scanner.scan()) {
    if (commentTokens.includes(token)) {
      return true;
    }
  }
  return false;
}

function splicesFor(text: string, node: Node, missing: Wanted): Splice[] {
  const lines: string[] = [];
  const inner: Splice[] = [];
  const layout = layoutOf(text, node);
  for (const [key, value] of Object.entries(missing)) {
    const there = findNodeAtLocation(node, [key]);
    if (!there) {
      lines.push(`${JSON.stringify(key)}:${layout.isCompact ? '' : ' '}${layout.written(value)}`);
    } else if (Array.isArray(value)) {
      const items = layoutOf(text, there);
      inner.push(spliceAtEnd(text, there, items, (value as JsonValue[]).map(items.written)));
    } else if (isObject(value)) {
      inner.push(...splicesFor(text, there, value));
    }
  }
  return lines.length === 0 ? inner : [...inner, spliceAtEnd(text, node, layout, lines)];
}

interface Layout {
  isCompact: boolean;
  lineBreak: string;
  /** Indentation of the container's last line, and of what is in it. */
  outer: string;
  indent: string;
  /** A value as it is written there. */
  written: (value: JsonValue) => string;
}

/** How the container is written, or would be if it were not empty. */
function layoutOf(text: string, node: Node): Layout {
  const inside = text.slice(node.offset + 1, node.offset + node.length - 1);
  const isBare = inside.trim() === '' && !text.trim().includes('\n');
  const isCompact =
    !inside.includes('\n') &&
    !(isBare && node.parent === undefined) &&
    !isEmptyInLines(text, inside);
  const lineBreak = lineBreakOf(text);
  const unit = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  const outer = indentAt(text, node.offset);
  const first = node.children?.[0];
  const isOnOwnLine = first && text.slice(node.offset, first.offset).includes('\n');
  const indent = isOnOwnLine ? indentAt(text, first.offset) : outer + unit;
  const written = (value: JsonValue): string =>
    isCompact
      ? JSON.stringify(value)
      : JSON.stringify(value, undefined, unit).replaceAll('\n', lineBreak + indent);
  return { isCompact, lineBreak, outer, indent, written };
}

function isEmptyInLines(text: string, inside: string): boolean {
  return inside.trim() === '' && text.trim().includes('\n');
}

function indentAt(text: string, offset: number): string {
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(line, offset))?.[0] ?? '';
}

/** Puts members behind the last one of a container. Comments stay with the line that they stand on. */
function spliceAtEnd(
  text: string,
  node: Node,
  { isCompact, lineBreak, outer, indent }: Layout,
  members: readonly string[],
): Splice {
  const close = node.offset + node.length - 1;
  const last = node.children?.at(-1);
  const offset = last ? last.offset + last.length : node.offset + 1;
  const gap = text.slice(offset, close);
  const kept = gap.trimEnd();
  const lead = last && !hasComma(text, offset, close) ? ',' : '';
  if (isCompact) {
    return tidy({ offset, lead, kept, text: (last ? ' ' : '') + members.join(', ') });
  }
  const lines = members.map((member) => lineBreak + indent + member).join(',');
  // The closing bracket goes to a line of its own if it does not stand on one.
  const end = gap.slice(kept.length).includes('\n') ? '' : lineBreak + outer;
  return tidy({ offset, lead, kept, text: lines + end });
}

/** Where nothing is kept between the two parts, or nothing stands before it, they are one. */
function tidy({ offset, lead, kept, text }: Splice): Splice {
  if (lead === '') {
    return { offset: offset + kept.length, lead: '', kept: '', text };
  }
  return kept === '' ? { offset, lead: '', kept, text: lead + text } : { offset, lead, kept, text };
}

function hasComma(text: string, from: number, to: number): boolean {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  return (scanner.scan() as number) === commaToken && scanner.getTokenOffset() < to;
}
