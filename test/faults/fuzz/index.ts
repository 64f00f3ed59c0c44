import fc from 'fast-check';
import type { Proof, ProofReport } from '../proof';
import { answerProperties } from './answers';
import { inputProperties } from './inputs';
import type { FuzzProperty } from './property';
import { sharedStoreProperties } from './sharedStores';
import { storeProperties } from './stores';
import { wireProperties } from './wire';

export const fuzzProperties: readonly FuzzProperty[] = [
  answerProperties,
  wireProperties,
  inputProperties,
  storeProperties,
  sharedStoreProperties,
].flat();

/** Cases of the full run and of the short one. */
const fullRun = 100_000;
const shortRun = 1_000;

export interface FuzzResult {
  name: string;
  cases: number;
  /** With the seed that finds it again. */
  failure: string | undefined;
}

export async function runProperty(
  { name, open }: FuzzProperty,
  numRuns: number,
): Promise<FuzzResult> {
  const { property, close } = await open();
  try {
    const details = await fc.check(property, { numRuns });
    return {
      name,
      cases: details.numRuns,
      failure: details.failed ? fc.defaultReportMessage(details).slice(0, 2_000) : undefined,
    };
  } finally {
    await close?.();
  }
}

/** How many cases of all each property gets. */
export function sharesOf(total: number): { property: FuzzProperty; cases: number }[] {
  const weights = fuzzProperties.reduce((sum, { weight }) => sum + weight, 0);
  return fuzzProperties.map((property) => ({
    property,
    cases: Math.ceil((total * property.weight) / weights),
  }));
}

export const fuzzProof: Proof = {
  name: 'fuzz',
  async run({ short, say }): Promise<ProofReport> {
    const results: FuzzResult[] = [];
    for (const { property, cases } of sharesOf(short ? shortRun : fullRun)) {
      say(property.name);
      results.push(await runProperty(property, cases));
    }
    return {
      cases: results.reduce((sum, { cases }) => sum + cases, 0),
      columns: ['property', 'cases', 'holds'],
      rows: results.map(({ name, cases, failure }) => [
        name,
        String(cases),
        failure === undefined ? 'yes' : 'NO',
      ]),
      failures: results.flatMap(({ name, failure }) =>
        failure === undefined ? [] : [`${name}: ${failure}`],
      ),
    };
  },
};
