import { NodeType, Tree } from '@lezer/common';
import { findCalls } from './findCalls';
import { findSecrets } from './findSecrets';
import type { SecretFinding } from './findSecrets';
import { judge } from './judge';
import type { Finding } from './finding';
import { namesPush, pushMethod } from './language';
import type { Grammar } from './language';
import type { OwnCall } from './ownCall';
import { parserOf } from './parsers';
import { lookAround } from './statements';

export interface OwnCalls {
  calls: { call: OwnCall; findings: Finding[] }[];
  secrets: SecretFinding[];
}

/**
 * Finds and judges the calls of pull.application.push.add in a document. A document that names it nowhere has none.
 * Only the statements that name the method are parsed.
 */
export function findOwnCalls(text: string, grammar: Grammar): OwnCalls {
  if (!namesPush(text)) {
    return { calls: [], secrets: [] };
  }
  const secrets = findSecrets(text);
  const mentions = [...text.matchAll(new RegExp(pushMethod.replaceAll('.', '\\.'), 'giu'))];
  const places = [...mentions.map(({ index }) => index), ...secrets.map(({ from }) => from)];
  const { inStrings, statements } = lookAround(
    text,
    grammar,
    places.sort((a, b) => a - b),
  );
  const source = { text, grammar };
  const parser = parserOf(grammar);
  const calls = statements.flatMap(({ from, to }) => {
    const within = mentions.map(({ index }) => index).filter((at) => from <= at && at < to);
    return within.length > 0
      ? findCalls(placed(parser.parse(text, [], [{ from, to }]), from), source, within)
      : [];
  });
  return {
    calls: calls.map((call) => ({ call, findings: judge(call, source) })),
    secrets: secrets.filter(({ from }) => inStrings.has(from)),
  };
}

/** The tree of a piece of the document, with places in the document. */
function placed(tree: Tree, from: number): Tree {
  return new Tree(NodeType.none, [tree], [from], from + tree.length);
}
