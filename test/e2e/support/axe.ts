import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';
import * as v from 'valibot';

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
const violations = v.array(
  v.object({
    id: v.string(),
    nodes: v.array(v.object({ html: v.string(), failureSummary: v.string() })),
  }),
);

/**
 * What axe-core finds in the form's page, or in a part of VS Code's (a selector); its source goes in by evaluation, since
 * the page loads no foreign script.
 */
export async function axeFindings(frame: Frame | Page, part?: string): Promise<string[]> {
  await frame.evaluate(axe);
  const context = part === undefined ? 'document' : JSON.stringify({ include: [[part]] });
  const found: unknown = await frame.evaluate(
    `axe.run(${context}).then(({ violations }) => violations)`,
  );
  return v
    .parse(violations, found)
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}
