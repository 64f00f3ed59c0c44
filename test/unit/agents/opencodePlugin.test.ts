import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { opencodePlugin } from '../../../src/agents/connect/opencodePlugin';
import { temporaryFolder } from '../../support/temporaryFolder';
import { until } from '../../support/until';

interface Plugin {
  Bitrix24Push: (input: { directory: string }) => Promise<{
    event: (input: { event: { type: string; properties: object } }) => Promise<void>;
  }>;
}

describe('the plugin for opencode', () => {
  const folder = temporaryFolder();

  it('hands over an event, and has the program wait for it as long as opencode is busy', async () => {
    await mkdir(folder(), { recursive: true });
    const [plugin, program] = ['plugin.mjs', 'program.cjs'].map((name) =>
      path.join(folder(), name),
    ) as [string, string];
    const file = path.join(folder(), 'said.json');
    await writeFile(
      program,
      `const fs = require('node:fs');
      const said = [process.argv.slice(2), fs.readFileSync(0, 'utf8'), process.env.B24PUSH_DETACHED];
      fs.writeFileSync('${file}.new', JSON.stringify(said));
      fs.renameSync('${file}.new', '${file}');`,
    );
    const command = [process.execPath, program, '--hook', 'opencode'];
    await writeFile(plugin, opencodePlugin(command));
    const { Bitrix24Push } = (await import(pathToFileURL(plugin).href)) as Plugin;
    const { event } = await Bitrix24Push({ directory: folder() });
    await event({ event: { type: 'permission.asked', properties: { sessionID: 'o1' } } });
    await until(() => existsSync(file), 'what the program was told');
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), [
      ['--hook', 'opencode', 'permission.asked'],
      JSON.stringify({ type: 'permission.asked', properties: { sessionID: 'o1' } }),
      // This lifts the limit on how long standard input is read; see src/b24push/hook.ts.
      '1',
    ]);
  });
});
