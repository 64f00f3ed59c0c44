import assert from 'node:assert/strict';
import { createHookHandler } from '../../../src/agents/hooks/hookHandler';
import type { NewNotice, Reach } from '../../../src/automation/notice';

function handler(wantsWords = false) {
  const taken: NewNotice[] = [];
  const wentOn: string[] = [];
  let opened = 0;
  const reach: Reach = {
    take: (notice) => {
      taken.push(notice);
      return Promise.resolve({ kind: 'notDue' });
    },
    goesOn: (thread) => {
      wentOn.push(thread);
      return Promise.resolve();
    },
  };
  const handle = createHookHandler({
    reach: () => {
      opened += 1;
      return Promise.resolve(reach);
    },
    wantsWords: () => wantsWords,
    clock: { now: () => 5_000 },
  });
  return { handle, taken, wentOn, opened: () => opened };
}

const payload = JSON.stringify({
  ...{ session_id: 's', hook_event_name: 'Stop', prompt_id: 'p', cwd: '/home/me/shop' },
  last_assistant_message: 'Done.',
});

describe('createHookHandler', () => {
  it('hands a notice to whoever reaches the user', async () => {
    const { handle, taken } = handler(true);
    await handle('claude', undefined, payload, '/');
    assert.equal(taken.length, 1);
    assert.equal(taken[0]?.folder, 'shop');
    assert.equal(taken[0].words, 'Done.');
  });

  it('says that a conversation goes on', async () => {
    const { handle, taken, wentOn } = handler();
    await handle('copilot', 'postToolUse', '{"sessionId":"c"}', '/');
    assert.deepEqual(wentOn, ['c']);
    assert.deepEqual(taken, []);
  });

  it('remembers between the calls', async () => {
    const { handle, taken } = handler();
    await handle('claude', undefined, payload, '/');
    await handle('claude', undefined, payload, '/');
    assert.equal(taken.length, 1);
  });

  for (const [agent, text] of [
    ['somebody', payload],
    ['claude', '{"session_id":'],
    ['claude', ''],
    ['constructor', payload],
  ] as const) {
    it(`does nothing for ${agent} with ${text.slice(0, 14)}`, async () => {
      const { handle, opened } = handler();
      await handle(agent, 'Stop', text, '/');
      assert.equal(opened(), 0);
    });
  }
});
