import { findCalls } from './findCalls';
import { findSecretsInStrings } from './findSecretsInStrings';
import type { SecretFinding } from './findSecretsInStrings';
import { judge } from './judge';
import type { Finding } from './judge';
import { namesPush } from './language';
import type { Grammar } from './language';
import type { OwnCall } from './ownCall';
import { parserOf } from './parsers';

export interface OwnCalls {
  calls: { call: OwnCall; findings: Finding[] }[];
  secrets: SecretFinding[];
}

/** Finds and judges the calls of pull.application.push.add in a document. A document that names it nowhere has none. */
export function findOwnCalls(text: string, grammar: Grammar): OwnCalls {
  if (!namesPush(text)) {
    return { calls: [], secrets: [] };
  }
  const tree = parserOf(grammar).parse(text);
  const source = { text, grammar };
  return {
    calls: findCalls(tree, source).map((call) => ({ call, findings: judge(call, source) })),
    secrets: findSecretsInStrings(tree, source),
  };
}
