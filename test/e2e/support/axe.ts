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

/** Rules that VS Code's own lists and dialogs break by their markup, whatever an extension puts into them. */
const ofWidgets = ['aria-allowed-attr', 'aria-prohibited-attr', 'label-content-name-mismatch'];

/** What axe-core finds in the form's page; its source goes in by evaluation, since the page loads no foreign script. */
export function axeFindings(frame: Frame | Page): Promise<string[]> {
  return findings(frame, 'document');
}

/** What axe-core finds in what we put into a part of VS Code's own window (a selector). */
export function axeFindingsIn(page: Page, part: string): Promise<string[]> {
  const rules = Object.fromEntries(ofWidgets.map((id) => [id, { enabled: false }]));
  return findings(page, `${JSON.stringify({ include: [[part]] })}, ${JSON.stringify({ rules })}`);
}

async function findings(frame: Frame | Page, asked: string): Promise<string[]> {
  await frame.evaluate(axe);
  const found: unknown = await frame.evaluate(
    `axe.run(${asked}).then(({ violations }) => violations)`,
  );
  return v
    .parse(violations, found)
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}
