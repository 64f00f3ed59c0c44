import assert from 'node:assert/strict';
import fc from 'fast-check';
import { agentIds } from '../../../src/agents/agent';
import type { AgentId } from '../../../src/agents/agent';
import { HookMemory } from '../../../src/agents/hooks/hookMemory';
import { hookNotice } from '../../../src/agents/hooks/hookNotice';
import type { NewNotice } from '../../../src/automation/notice';

/** One call of a hook: the event on its command line, its payload, and how many seconds after the call before. */
interface Call {
  event?: string;
  payload: unknown;
  after?: number;
  agent?: AgentId;
}

interface Told {
  notices: NewNotice[];
  /** Threads that went on. */
  wentOn: string[];
}

function tell(agent: AgentId, calls: readonly Call[], wantsWords = false): Told {
  const memory = new HookMemory();
  const told: Told = { notices: [], wentOn: [] };
  let at = 1_800_000_000_000;
  for (const call of calls) {
    at += (call.after ?? 60) * 1000;
    const result = hookNotice(
      {
        agent: call.agent ?? agent,
        event: call.event,
        payload: call.payload,
        ...{ cwd: '/home/me/shop', at, wantsWords },
      },
      memory,
    );
    if (result.kind === 'notice') {
      told.notices.push(result.notice);
    } else if (result.kind === 'goesOn') {
      told.wentOn.push(result.thread);
    }
  }
  return told;
}

const results = ({ notices }: Told) => notices.map(({ result }) => result);

const claude = (name: string, more: object = {}) => ({
  payload: {
    session_id: 's1',
    transcript_path: '/home/me/.claude/projects/shop/s1.jsonl',
    cwd: '/home/me/shop',
    prompt_id: 'p1',
    permission_mode: 'default',
    hook_event_name: name,
    ...more,
  },
});
const stop = claude('Stop', {
  last_assistant_message: 'Everything is green.',
  stop_hook_active: false,
  background_tasks: [],
  session_crons: [],
});
const codexHook = (name: string, more: object = {}) => ({
  payload: {
    ...{ session_id: 't1', turn_id: 'u1', transcript_path: '/x.jsonl', cwd: '/home/me/shop' },
    ...{ hook_event_name: name, model: 'm', permission_mode: 'default', ...more },
  },
});
const codexNotify = (more: object = {}) => ({
  payload: {
    ...{ type: 'agent-turn-complete', 'thread-id': 't1', 'turn-id': 'u1', cwd: '/home/me/shop' },
    ...{ client: 'codex-tui', 'input-messages': ['Fix it'], 'last-assistant-message': 'Fixed.' },
    ...more,
  },
});
const gemini = (name: string, more: object = {}) => ({
  payload: {
    ...{ session_id: 'g1', transcript_path: '/x.json', cwd: '/home/me/shop' },
    ...{ hook_event_name: name, timestamp: '2026-11-01T10:00:00Z', ...more },
  },
});
const copilot = (event: string, more: object = {}) => ({
  event,
  payload: { sessionId: 'c1', timestamp: 1_800_000_000_000, cwd: '/home/me/shop', ...more },
});
const opencode = (type: string, properties: object = {}) => ({
  event: type,
  payload: { type, properties: { sessionID: 'o1', ...properties } },
});
const vscode = (hookEventName: string, more: object = {}) => ({
  payload: {
    ...{ timestamp: '2026-11-01T10:00:00Z', cwd: '/home/me/shop', sessionId: 's1' },
    ...{ hookEventName, transcript_path: '/x.json', ...more },
  },
});

describe('hooks of agents', () => {
  const ends: [string, AgentId, Call[], NewNotice['result'][]][] = [
    ['Claude Code: a turn', 'claude', [claude('UserPromptSubmit'), stop], ['ended']],
    ['Claude Code: a turn whose start nobody saw', 'claude', [stop], ['ended']],
    [
      'Claude Code: a permission',
      'claude',
      [
        claude('Notification', {
          message: 'Claude needs your permission',
          notification_type: 'permission_prompt',
        }),
      ],
      ['waits'],
    ],
    [
      'Claude Code: a permission, told by two hooks',
      'claude',
      [
        claude('PermissionRequest', { tool_name: 'Bash', tool_input: { command: 'rm -r x' } }),
        { ...claude('Notification', { notification_type: 'permission_prompt' }), after: 6 },
      ],
      ['waits'],
    ],
    [
      'Claude Code: a question',
      'claude',
      [claude('PermissionRequest', { tool_name: 'AskUserQuestion', tool_input: {} })],
      ['waits'],
    ],
    [
      'Claude Code: two questions of one turn',
      'claude',
      [
        claude('Notification', { notification_type: 'permission_prompt' }),
        claude('Notification', { notification_type: 'permission_prompt' }),
      ],
      ['waits', 'waits'],
    ],
    [
      'Claude Code: an error',
      'claude',
      [claude('UserPromptSubmit'), claude('StopFailure', { error: 'server_error' })],
      ['stopped'],
    ],
    [
      'Claude Code: a second turn within seconds',
      'claude',
      [
        stop,
        { ...claude('UserPromptSubmit', { prompt_id: 'p2' }), after: 1 },
        { payload: { ...stop.payload, prompt_id: 'p2' }, after: 1 },
      ],
      ['ended', 'ended'],
    ],
    [
      'Claude Code: a background subagent',
      'claude',
      [
        claude('UserPromptSubmit'),
        claude('Stop', { background_tasks: [{ id: 'b1' }] }),
        claude('SubagentStop', { agent_id: 'a1' }),
        claude('UserPromptSubmit', { prompt_id: 'p2' }),
        claude('Stop', { prompt_id: 'p2', background_tasks: [] }),
      ],
      ['ended'],
    ],
    ['Codex: notify', 'codex', [codexNotify()], ['ended']],
    [
      'Codex: notify and hook of one turn',
      'codex',
      [codexHook('UserPromptSubmit'), codexHook('Stop'), { ...codexNotify(), after: 0.1 }],
      ['ended'],
    ],
    [
      'Codex: two turns',
      'codex',
      [codexNotify(), { ...codexNotify({ 'turn-id': 'u2' }), after: 1 }],
      ['ended', 'ended'],
    ],
    [
      'Codex: a permission',
      'codex',
      [codexHook('PermissionRequest', { tool_name: 'Bash', tool_input: { command: 'ls' } })],
      ['waits'],
    ],
    [
      'Codex: an error, of which only the end of the session tells',
      'codex',
      [codexHook('UserPromptSubmit'), codexHook('SessionEnd', { reason: 'other' })],
      ['stopped'],
    ],
    [
      'Codex: a turn and the end of its session',
      'codex',
      [codexHook('UserPromptSubmit'), codexHook('Stop'), codexHook('SessionEnd')],
      ['ended'],
    ],
    [
      'Gemini CLI: a turn',
      'gemini',
      [
        gemini('BeforeAgent', { prompt: 'Fix it' }),
        gemini('AfterAgent', { prompt: 'Fix it', prompt_response: 'Fixed.' }),
      ],
      ['ended'],
    ],
    [
      'Gemini CLI: an error',
      'gemini',
      [gemini('AfterAgent', { prompt_response: '[no response text]' })],
      ['stopped'],
    ],
    [
      'Gemini CLI: a permission',
      'gemini',
      [
        gemini('Notification', {
          notification_type: 'ToolPermission',
          message: 'Tool needs permission',
          details: { type: 'exec', title: 'Shell', command: 'rm -r x' },
        }),
      ],
      ['waits'],
    ],
    [
      'Copilot CLI: a turn',
      'copilot',
      [copilot('userPromptSubmitted'), copilot('agentStop', { stopReason: 'end_turn' })],
      ['ended'],
    ],
    [
      'Copilot CLI: a permission',
      'copilot',
      [
        copilot('notification', {
          hook_event_name: 'Notification',
          notification_type: 'permission_prompt',
          title: 'Permission needed',
          message: 'rm -r x',
        }),
      ],
      ['waits'],
    ],
    [
      'Copilot CLI: an error after six retries',
      'copilot',
      [
        copilot('userPromptSubmitted'),
        ...Array.from({ length: 6 }, () => copilot('errorOccurred', { error: {} })),
        copilot('sessionEnd', { reason: 'error' }),
      ],
      ['stopped'],
    ],
    [
      'opencode: a turn',
      'opencode',
      [opencode('chat.message'), opencode('session.idle')],
      ['ended'],
    ],
    [
      'opencode: an error and two idles',
      'opencode',
      [
        opencode('chat.message'),
        opencode('session.error', { error: { name: 'APIError' } }),
        opencode('session.idle'),
        opencode('session.idle'),
      ],
      ['stopped'],
    ],
    [
      'opencode: a permission',
      'opencode',
      [opencode('permission.asked', { permission: 'bash', metadata: { command: 'rm -r x' } })],
      ['waits'],
    ],
    ['opencode: a question', 'opencode', [opencode('question.asked')], ['waits']],
    [
      'opencode: a subagent within a turn',
      'opencode',
      [
        opencode('chat.message'),
        {
          event: 'session.created',
          payload: {
            type: 'session.created',
            properties: { sessionID: 'o2', info: { id: 'o2', parentID: 'o1' } },
          },
        },
        opencode('chat.message', { sessionID: 'o2' }),
        opencode('session.idle', { sessionID: 'o2' }),
        opencode('session.idle'),
      ],
      ['ended'],
    ],
    [
      'Qwen Code: a turn, then idle',
      'qwen',
      [
        claude('UserPromptSubmit', { timestamp: 'T' }),
        stop,
        { ...claude('Notification', { notification_type: 'idle_prompt' }), after: 0.3 },
      ],
      ['ended'],
    ],
    [
      'Qwen Code: a permission, told by two hooks',
      'qwen',
      [
        claude('PermissionRequest', { tool_name: 'run_shell_command' }),
        { ...claude('Notification', { notification_type: 'permission_prompt' }), after: 0 },
      ],
      ['waits'],
    ],
    ['Qwen Code: an error', 'qwen', [claude('StopFailure')], ['stopped']],
    ['VS Code: a turn', 'vscode', [vscode('UserPromptSubmit'), vscode('Stop')], ['ended']],
    [
      'VS Code and Claude Code: one turn, two callers of one file',
      'claude',
      [
        claude('UserPromptSubmit'),
        { ...vscode('UserPromptSubmit'), after: 0.1 },
        stop,
        { ...vscode('Stop', { stop_hook_active: false }), after: 0.2 },
      ],
      ['ended'],
    ],
  ];
  for (const [title, agent, calls, expected] of ends) {
    it(`makes ${expected.length === 1 ? 'one notice' : 'two notices'} of ${title}`, () => {
      assert.deepEqual(results(tell(agent, calls)), expected);
    });
  }

  const noise: [string, AgentId, Call[]][] = [
    ['Claude Code: idle', 'claude', [claude('Notification', { notification_type: 'idle_prompt' })]],
    [
      'Claude Code: sign-in',
      'claude',
      [claude('Notification', { notification_type: 'auth_success' })],
    ],
    ['Claude Code: a subagent', 'claude', [claude('SubagentStop', { agent_id: 'a1' })]],
    ['Claude Code: a stop of a subagent', 'claude', [claude('Stop', { agent_id: 'a1' })]],
    [
      'Claude Code: a stop while something runs in the background',
      'claude',
      [claude('Stop', { background_tasks: [{ id: 'b1' }] })],
    ],
    [
      'Claude Code: a stop after another hook had it go on',
      'claude',
      [claude('Stop', { stop_hook_active: true })],
    ],
    ['Claude Code: the end of a session', 'claude', [claude('SessionEnd', { reason: 'other' })]],
    ['Claude Code: Esc', 'claude', [claude('UserPromptSubmit')]],
    [
      'Codex: the title of a new chat',
      'codex',
      [
        codexNotify({
          'thread-id': 't9',
          'input-messages': ['Generate a concise, single-line task title for this chat: Fix it'],
        }),
      ],
    ],
    [
      'Codex: a subagent',
      'codex',
      [
        codexHook('UserPromptSubmit', { agent_id: 't2', turn_id: 'u2' }),
        codexNotify({ 'thread-id': 't2' }),
        codexHook('Stop', { session_id: 't2' }),
      ],
    ],
    ['Codex: a stop of a subagent', 'codex', [codexHook('Stop', { agent_id: 'a1' })]],
    ['Codex: a repeated stop', 'codex', [codexHook('Stop', { stop_hook_active: true })]],
    ['Codex: the end of a quiet session', 'codex', [codexHook('SessionEnd')]],
    ['Codex: notify of a subagent', 'codex', [codexNotify({ client: undefined })]],
    ['Codex: another kind of notify', 'codex', [codexNotify({ type: 'something-new' })]],
    [
      'Gemini CLI: three ends of a session',
      'gemini',
      [gemini('SessionEnd'), gemini('SessionEnd'), gemini('SessionEnd')],
    ],
    ['Gemini CLI: a repeated stop', 'gemini', [gemini('AfterAgent', { stop_hook_active: true })]],
    [
      'Gemini CLI: another notification',
      'gemini',
      [gemini('Notification', { notification_type: 'Something' })],
    ],
    ['Copilot CLI: a subagent', 'copilot', [copilot('agentStop', { agentId: 'a1' })]],
    ['Copilot CLI: a nested agent', 'copilot', [copilot('agentStop', { parentAgentId: 'a1' })]],
    ['Copilot CLI: an error that is tried again', 'copilot', [copilot('errorOccurred')]],
    [
      'Copilot CLI: a permission that is approved by a rule',
      'copilot',
      [copilot('permissionRequest', { toolName: 'bash' })],
    ],
    [
      'Copilot CLI: the end of a session',
      'copilot',
      [copilot('sessionEnd', { reason: 'complete' })],
    ],
    [
      'Copilot CLI: another notification',
      'copilot',
      [copilot('notification', { notification_type: 'shell_completed' })],
    ],
    [
      'opencode: Esc',
      'opencode',
      [opencode('session.error', { error: { name: 'MessageAbortedError' } })],
    ],
    [
      'opencode: an event of no session',
      'opencode',
      [{ payload: { type: 'session.idle', properties: {} } }],
    ],
    ['Qwen Code: sign-in', 'qwen', [claude('Notification', { notification_type: 'auth_success' })]],
    ['VS Code: a subagent', 'vscode', [vscode('SubagentStop')]],
  ];
  for (const [title, agent, calls] of noise) {
    it(`makes no notice of ${title}`, () => {
      assert.deepEqual(tell(agent, calls).notices, []);
    });
  }

  it('says who it was, where, for how long, and in which conversation', () => {
    const { notices } = tell('claude', [claude('UserPromptSubmit'), { ...stop, after: 72 }]);
    assert.deepEqual(notices, [
      {
        ...{ origin: 'agent', result: 'ended', name: 'Claude Code', askedBy: 'Claude Code' },
        ...{ folder: 'shop', durationMs: 72_000, thread: 's1', key: 's1/p1' },
      },
    ]);
  });

  it('knows no duration where nobody saw the start, nor the one of the turn before', () => {
    const { notices } = tell('claude', [
      claude('UserPromptSubmit'),
      stop,
      { payload: { ...stop.payload, prompt_id: 'p2' } },
    ]);
    assert.deepEqual(
      notices.map(({ durationMs }) => durationMs),
      [60_000, undefined],
    );
  });

  it('measures a turn from its start, across what runs in the background', () => {
    const { notices } = tell('claude', [
      claude('UserPromptSubmit'),
      claude('Stop', { background_tasks: [{ id: 'b1' }] }),
      claude('UserPromptSubmit', { prompt_id: 'p2' }),
      claude('Stop', { prompt_id: 'p2' }),
    ]);
    assert.equal(notices[0]?.durationMs, 180_000);
  });

  it('starts to measure anew after Esc, of which no hook tells', () => {
    const { notices } = tell('claude', [
      claude('UserPromptSubmit'),
      claude('UserPromptSubmit', { prompt_id: 'p2' }),
      claude('Stop', { prompt_id: 'p2' }),
    ]);
    assert.equal(notices[0]?.durationMs, 60_000);
  });

  const answers: [AgentId, Call, Call][] = [
    ['claude', claude('PermissionRequest'), claude('PostToolUse')],
    ['claude', claude('PermissionRequest'), claude('UserPromptSubmit')],
    ['codex', codexHook('PermissionRequest'), codexHook('PostToolUse')],
    [
      'gemini',
      gemini('Notification', { notification_type: 'ToolPermission' }),
      gemini('AfterTool'),
    ],
    [
      'copilot',
      copilot('notification', { notification_type: 'permission_prompt' }),
      copilot('postToolUse'),
    ],
    ['opencode', opencode('permission.asked'), opencode('permission.replied')],
    ['qwen', claude('PermissionRequest'), claude('PostToolUse')],
  ];
  for (const [agent, question, answer] of answers) {
    it(`says that the conversation goes on once a question of ${agent} was answered`, () => {
      const { notices, wentOn } = tell(agent, [question, { ...answer, after: 1 }]);
      assert.deepEqual(wentOn, [notices[0]?.thread]);
    });
  }

  it('tells a question that follows an answered one at once', () => {
    const ask = claude('PermissionRequest');
    const calls = [ask, { ...claude('PostToolUse'), after: 1 }, { ...ask, after: 1 }];
    assert.deepEqual(results(tell('claude', calls)), ['waits', 'waits']);
  });

  it('names VS Code where it ran the hook of another agent', () => {
    assert.equal(tell('claude', [vscode('Stop')]).notices[0]?.name, 'VS Code');
    const read = { event: 'agentStop', ...vscode('Stop') };
    assert.equal(tell('copilot', [read]).notices[0]?.name, 'VS Code');
  });

  it('has the last words only where they are switched on, and never those of a question', () => {
    const calls: [AgentId, Call, string][] = [
      ['claude', stop, 'Everything is green.'],
      ['codex', codexNotify(), 'Fixed.'],
      ['codex', codexHook('Stop', { last_assistant_message: 'Fixed.' }), 'Fixed.'],
      ['gemini', gemini('AfterAgent', { prompt_response: 'Fixed.\nAll.' }), 'Fixed. All.'],
      ['opencode', opencode('session.idle', { words: 'Fixed.' }), 'Fixed.'],
    ];
    for (const [agent, call, words] of calls) {
      assert.equal(tell(agent, [call]).notices[0]?.words, undefined);
      assert.equal(tell(agent, [call], true).notices[0]?.words, words);
    }
    const question = claude('Notification', {
      ...{ notification_type: 'permission_prompt', message: 'secret' },
      last_assistant_message: 'secret',
    });
    assert.equal(tell('claude', [question], true).notices[0]?.words, undefined);
  });

  it('shortens long last words and long names of folders', () => {
    const [notice] = tell(
      'codex',
      [codexNotify({ 'last-assistant-message': 'a'.repeat(5_000), cwd: `/x/${'b'.repeat(500)}` })],
      true,
    ).notices;
    assert.equal(notice?.words?.length, 400);
    assert.equal(notice.folder?.length, 60);
  });

  it('takes the folder of the payload before the one that the hook ran in', () => {
    const elsewhere = codexNotify({ cwd: '/home/me/other' });
    assert.equal(tell('codex', [elsewhere]).notices[0]?.folder, 'other');
    assert.equal(tell('codex', [codexNotify({ cwd: undefined })]).notices[0]?.folder, 'shop');
    assert.equal(tell('codex', [codexNotify({ cwd: 7 })]).notices[0]?.folder, 'shop');
  });

  it('forgets the conversation that was quiet for longest, and keeps a bounded number', () => {
    const memory = new HookMemory();
    memory.session('first').startedAt = 1;
    memory.session('second').startedAt = 2;
    for (let count = 0; count < 199; count += 1) {
      memory.session('first');
      memory.session(`other ${count}`);
    }
    assert.equal(memory.session('first').startedAt, 1);
    assert.equal(memory.session('second').startedAt, undefined);
  });

  it('never throws, whatever a payload is', () => {
    const names = ['Stop', 'agentStop', 'session.idle', 'Notification', 'SessionEnd'];
    const almost = fc.record(
      {
        session_id: fc.oneof(fc.string(), fc.anything()),
        sessionId: fc.oneof(fc.string(), fc.anything()),
        hook_event_name: fc.oneof(fc.constantFrom(...names), fc.anything()),
        type: fc.constantFrom('agent-turn-complete', 'session.idle', 'session.created'),
        'thread-id': fc.string(),
        cwd: fc.anything(),
        properties: fc.anything(),
        background_tasks: fc.anything(),
        last_assistant_message: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...agentIds),
        fc.option(fc.constantFrom(...names), { nil: undefined }),
        fc.oneof(fc.anything(), almost),
        (agent, event, payload) => {
          tell(agent, [{ payload, ...(event === undefined ? {} : { event }) }], true);
        },
      ),
    );
  });
});
