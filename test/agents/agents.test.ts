import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'mocha';
import { until } from '../support/until';
import { drivers } from './drivers';
import type { Driver } from './drivers';
import type { ModelServer } from './models/modelServer';
import { orders } from './models/script';
import { installAgents, programOf, versions } from './programs';
import { agentEnv, openStage, runAgent } from './stage';
import { describeTools } from './toolScenarios';
import type { Stage } from './stage';

const columns = [
  ...(['finished', 'permission', 'error', 'notify_me', 'send_push', 'subagent'] as const),
  'disconnected',
] as const;
type Column = (typeof columns)[number];

/** Drives the real programs against models on loopback. Not part of `npm test`: it installs a gigabyte. */
describe('coding agents', () => {
  const table = new Map<string, Map<Column, string>>();
  const note = (driver: Driver, column: Column, word: string) => {
    const row = table.get(driver.id) ?? new Map<Column, string>();
    table.set(driver.id, row.set(column, word));
  };
  const skip = (context: Context, why: string): never => {
    console.log(`      skipped: ${why}`);
    return context.skip();
  };

  before(async function () {
    this.timeout(600_000);
    const why = await installAgents();
    if (why !== undefined) {
      skip(this, why);
    }
  });
  after(() => writeTable(table));

  for (const driver of drivers) {
    describeTools(driver, (column, word) => note(driver, column, word));
    describe(driver.id, function () {
      this.timeout(180_000);
      let model: ModelServer;
      let stage: Stage;
      let before: (string | undefined)[];

      beforeEach(async () => {
        model = await driver.model();
        stage = await openStage(driver.id, driver.files(model.url));
        before = await stage.contents();
        assert.deepEqual(await stage.change('connect'), { kind: 'done' });
      });
      afterEach(async function () {
        if (this.currentTest?.state === 'failed') {
          for (const { event, payload } of stage.requests) {
            console.log('      hook:', event ?? '', String(payload).slice(0, 1500));
          }
        }
        model.close();
        await stage.close();
      });

      const run = async (order: string) =>
        await runAgent(programOf(driver.program), driver.once(order), stage, driver.env(model.url));
      /** Waits for hooks that go on when their agent has ended. */
      const results = async (count: number) => {
        await until(() => stage.notices.length >= count, `${count} notices`, patienceMs);
        return stage.notices.map(({ result }) => result);
      };

      it('tells once that a turn has finished, with project, time and last words', async () => {
        const said = await run(orders.say);
        assert.deepEqual(await results(1), ['ended'], said);
        const [notice] = stage.notices;
        assert.equal(notice?.folder, 'shop');
        assert.ok(notice.durationMs !== undefined && notice.durationMs > 0);
        if (driver.id !== 'copilot') {
          assert.equal(notice.words, 'The last words of the model.');
        }
        note(driver, 'finished', 'one');
      });

      it('tells nothing of the turns of a subagent', async function () {
        const said = await run(orders.delegate);
        const wasRun = model.asked.some((one) => one.includes('as a part of it'));
        assert.deepEqual(await results(1), ['ended'], said);
        if (!wasRun) {
          note(driver, 'subagent', 'not offered');
          skip(this, 'its model was offered no subagent');
        }
        note(driver, 'subagent', 'none');
      });

      it('lets its model call notify_me', async function () {
        const said = spawnSync(stage.b24push, ['mcp'], {
          ...{ input: '', env: agentEnv(stage.home, {}), encoding: 'utf8' },
        });
        if (said.stderr.includes('not built')) {
          skip(this, 'the tools are not built');
        }
        const output = await run(orders.notify);
        assert.equal(stage.tools.length, 1, output);
        assert.match(JSON.stringify(stage.tools), /A word of the agent/);
        note(driver, 'notify_me', 'one');
      });

      it('leaves its files as they were when it is disconnected after a turn', async () => {
        await run(orders.say);
        await stage.change('disconnect');
        const files = await stage.contents();
        files.forEach((text, index) => {
          // Agents write to these by themselves.
          const isTheirs = /\.claude\.json$|config\.toml$/.test(stage.paths[index]!);
          if (!isTheirs || text === before[index]) {
            assert.equal(text, before[index], stage.paths[index]);
          } else {
            assert.doesNotMatch(text ?? '', /b24push|bitrix24/);
          }
        });
        note(driver, 'disconnected', 'as before');
      });

      it('tells once that an error has stopped it, and nothing of the try before', async function () {
        if (!driver.failsOnScreen) {
          const said = await run(orders.fail);
          assert.deepEqual(await results(1), ['stopped'], said);
        } else {
          if (spawnSync('tmux', ['-V']).status !== 0) {
            skip(this, 'there is no tmux');
          }
          const screen = openScreen(driver, stage, model.url);
          try {
            await screen.type(orders.fail);
            await until(() => stage.notices.length > 0, 'an end', patienceMs);
            await screen.isStill();
            assert.deepEqual(await results(1), ['stopped'], screen.text());
          } catch (error) {
            console.log(screen.text());
            throw error;
          } finally {
            screen.close();
          }
        }
        const failed = model.asked.filter((one) => one.includes(orders.fail));
        assert.ok(failed.length > 1, 'it did not try again');
        note(driver, 'error', 'one');
      });

      it('tells once that it waits for a permission', async function () {
        if (spawnSync('tmux', ['-V']).status !== 0) {
          skip(this, 'there is no tmux');
        }
        if (!driver.screen) {
          skip(this, 'its screen is not driven');
        }
        const screen = openScreen(driver, stage, model.url);
        try {
          await screen.type(orders.run);
          await until(() => stage.notices.length > 0, 'a question', patienceMs);
          assert.deepEqual(
            stage.notices.map(({ result }) => result),
            ['waits'],
            screen.text(),
          );
          await screen.isStill();
          screen.key('Enter');
          assert.deepEqual(await results(2), ['waits', 'ended'], screen.text());
          note(driver, 'permission', 'one');
        } catch (error) {
          console.log(screen.text());
          throw error;
        } finally {
          screen.close();
        }
      });
    });
  }
});

/** Agents take seconds to start, and more on a machine that is busy. */
const patienceMs = 60_000;

/** A terminal for an agent that draws on it. */
function openScreen(driver: Driver, stage: Stage, model: string) {
  const socket = path.join(stage.home, 'tmux');
  const env = agentEnv(stage.home, driver.env(model));
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-S', socket, ...args], { env, cwd: stage.project, encoding: 'utf8' });
  tmux(
    ...['new-session', '-d', '-x', '120', '-y', '40'],
    programOf(driver.program),
    ...(driver.screen ?? []),
  );
  const text = () => tmux('capture-pane', '-p').trim();
  const isStill = async () => {
    let last = '';
    await until(
      () => {
        const now = text();
        const isSame = now !== '' && now === last;
        last = now;
        execFileSync('sleep', ['0.7']);
        return isSame;
      },
      'a screen that is still',
      patienceMs,
    );
  };
  return {
    text,
    isStill,
    key: (key: string) => void tmux('send-keys', key),
    type: async (prompt: string) => {
      await isStill();
      // What is typed while an agent draws its screen anew may be lost.
      for (let attempt = 1; !text().includes(prompt); attempt += 1) {
        tmux('send-keys', '-l', prompt);
        await until(() => text().includes(prompt), 'what was typed', 6_000).catch(
          (error: unknown) => {
            if (attempt === 4) {
              throw error;
            }
          },
        );
      }
      // Some take a return that comes at once for a part of what was pasted.
      await isStill();
      tmux('send-keys', 'Enter');
    },
    close: () => void spawnSync('tmux', ['-S', socket, 'kill-server']),
  };
}

const tableFile = path.join(__dirname, '../../docs/agents.md');

/** Writes what was found into the document, if everything was tried. */
function writeTable(table: ReadonlyMap<string, ReadonlyMap<Column, string>>): void {
  const rows = drivers.map((driver) => [
    `${driver.package} ${versions[driver.package]}`,
    ...columns.map((column) => table.get(driver.id)?.get(column) ?? '–'),
  ]);
  const lines = [['Program', ...columns], columns.concat([columns[0]]).map(() => '---'), ...rows];
  const text = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  console.log(text);
  const old = readFileSync(tableFile, 'utf8');
  const between = /(?<=<!-- table -->\n\n)[\s\S]*(?=\n\n<!-- end of table -->)/;
  if (process.env['UPDATE_AGENTS_TABLE'] === '1') {
    writeFileSync(tableFile, old.replace(between, text));
  }
}
