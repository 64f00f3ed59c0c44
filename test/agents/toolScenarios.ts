import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout } from 'node:timers';
import { once } from 'node:events';
import { until } from '../support/until';
import { openAskedWindow } from './askedWindow';
import type { AskedWindow, Question } from './askedWindow';
import type { Driver } from './drivers';
import type { ModelServer } from './models/modelServer';
import { orders, pushes } from './models/script';
import { programOf } from './programs';
import { agentEnv, openStage, runAgent } from './stage';
import type { Stage } from './stage';

/** A user who thinks about the first question for a moment, in which an agent may call again, and says no to each. */
const saysNo = ({ answer }: Question) => void setTimeout(() => answer(false), 20);

/** What an agent's model can and cannot do with the tools, in every mode of what the agent may do unasked. */
export function describeTools(driver: Driver, note: (column: 'send_push', word: string) => void) {
  describe(`${driver.id}, whose model calls tools,`, function () {
    this.timeout(180_000);
    let model: ModelServer;
    let stage: Stage;
    let window: AskedWindow;
    let decide: (question: Question) => void;

    beforeEach(async () => {
      decide = saysNo;
      model = await driver.model();
      window = await openAskedWindow((question) => decide(question));
      stage = await openStage(driver.id, driver.files(model.url), window.callTool);
      assert.deepEqual(await stage.change('connect'), { kind: 'done' });
    });
    afterEach(async () => {
      model.close();
      await stage.close();
      await window.close();
    });

    const args = (mode: string, order: string) => driver.modes[mode]?.(order) ?? [];
    const modes = Object.keys(driver.modes);
    const everything = modes.at(-1) ?? '';

    for (const mode of modes) {
      it(`sends nothing without a yes in the mode “${mode}”, and answers each call`, async () => {
        const program = programOf(driver.program);
        const said = await runAgent(
          ...([program, args(mode, orders.send), stage, driver.env(model.url)] as const),
        );
        assert.deepEqual(window.phones(), []);
        const { tools } = stage;
        const noes = window.answers.filter((one) => one.startsWith('The user did not agree'));
        const refused = window.answers.filter((one) => one.startsWith('Too many pushes wait'));
        assert.equal(noes.length, window.questions.length);
        assert.equal(noes.length + refused.length, tools.length, window.answers.join('\n'));
        const texts = new Set(window.questions.map(({ draft }) => draft.text));
        assert.equal(texts.size, window.questions.length);
        if (mode === everything) {
          assert.equal(tools.length, pushes, said);
          note('send_push', `${noes.length} asked, ${refused.length} refused`);
        }
        console.log(
          `        ${tools.length} calls, ${noes.length} asked, ${refused.length} refused`,
        );
      });
    }

    it('sends nothing after a yes to an agent that is gone', async () => {
      decide = () => undefined;
      const child = spawn(programOf(driver.program), args(everything, orders.send), {
        ...{ cwd: stage.project, stdio: 'ignore', detached: true },
        env: agentEnv(stage.home, driver.env(model.url)),
      });
      const gone = once(child, 'close');
      await until(() => window.questions.length > 0, 'a question', 90_000);
      assert.deepEqual(window.phones(), []);
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await gone;
      await until(() => window.isLeft(), 'calls taken back');
      window.questions[0]?.answer(true);
      await until(() => window.withdrawn.length > 0, 'word that it was taken back');
      // Nor is anything asked about the calls that waited behind the first one.
      await until(() => window.answers.length === stage.tools.length, 'an end of each call');
      assert.deepEqual([window.phones(), window.questions.length], [[], 1]);
    });

    it('keeps and sends nothing for notify_me where its user has given no yes', async () => {
      const program = programOf(driver.program);
      const said = await runAgent(
        ...([program, driver.once(orders.notify), stage, driver.env(model.url)] as const),
      );
      assert.equal(stage.tools.length, 1, said);
      assert.match(window.answers.join(), /No push was sent, because the user has not allowed it/);
      assert.deepEqual([window.notices(), window.phones()], [0, []]);
    });
  });
}
