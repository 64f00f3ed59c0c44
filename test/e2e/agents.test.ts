import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { results, stage } from './support/stage';
import { until } from './support/until';

/** A settings file as its user wrote it. */
const settings = '{\n    "model": "opus",\n    "env": { "A": "1" }\n}';

describe('connecting a coding agent', () => {
  it('shows what is added to its file, adds it after a yes, and takes it out byte for byte', async () => {
    const folder = path.join(stage.home, '.claude');
    const file = path.join(folder, 'settings.json');
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, settings);
    const read = () => readFile(file, 'utf8');
    const workbench = await stage.workbench();
    const choose = async (row: string) => {
      await workbench.command('Bitrix24: Connect Coding Agents');
      await workbench.step('Which agent may tell you');
      await workbench.row('Claude Code').click();
      await workbench.step('The editor behind');
      await workbench.row(row).click();
      await workbench.quickInput.waitFor({ state: 'hidden' });
    };
    await workbench.command('Bitrix24: Connect Coding Agents');
    await workbench.step('Which agent may tell you');
    await workbench.row('Claude Code').click();
    await workbench.step('The editor behind shows exactly what is written');
    const preview = workbench.page.locator('.tab', { hasText: 'What Is Added for Claude Code' });
    await preview.waitFor();
    await workbench.row('~/.claude/settings.json').waitFor();
    await workbench.page.screenshot({ path: path.join(results, 'agents.png') });
    assert.equal(await read(), settings);
    await workbench.page.keyboard.press('Escape');
    await preview.waitFor({ state: 'hidden' });
    assert.equal(await read(), settings);

    await choose('Write');
    await until('the hooks', async () => (await read()).includes('--hook claude'));
    const { env, model } = JSON.parse(await read()) as Record<string, unknown>;
    assert.deepEqual([env, model], [{ A: '1' }, 'opus']);

    await choose('Change');
    await until('the file as before', async () => (await read()) === settings);
  });
});
