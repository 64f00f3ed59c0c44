import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DepartmentTree } from '../../src/people/departments/departmentTree';
import { createAskedSend } from '../../src/automation/askedSendService';
import { systemClock } from '../../src/common/clock';
import type { PushToConfirm } from '../../src/push/confirmSend';
import { startSandbox } from '../../src/sandbox';
import { AgentTools } from '../../src/tools/agentTools';
import { anAccount, openService } from '../support/builders';
import { Machine, ReachWindow } from '../support/notices';
import { sandboxClient } from '../support/sandboxClient';
import { silentLog } from '../support/silentLog';

export interface Question extends PushToConfirm {
  answer: (isYes: boolean) => void;
}

export type AskedWindow = Awaited<ReturnType<typeof openAskedWindow>>;

/**
 * The tools as a window has them, before a portal with phones, of a user without the standing yes. Where VS Code's modal
 * window stands, the questions are kept, and `answer` says what the user does with each.
 */
export async function openAskedWindow(answer: (question: Question) => void) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'b24q-'));
  const sandbox = await startSandbox();
  const account = anAccount();
  const questions: Question[] = [];
  const withdrawn: string[] = [];
  const service = await openService(folder, {
    client: await sandboxClient(sandbox, systemClock),
    confirm: (push) =>
      new Promise((resolve) => {
        const question = { ...push, answer: resolve };
        questions.push(question);
        answer(question);
      }),
  });
  const machine = new Machine();
  machine.account = undefined;
  const { reach } = new ReachWindow(machine);
  const known = [{ id: 2, name: 'Boris' }];
  const tools = new AgentTools({
    reach,
    askedSend: createAskedSend({
      accounts: {
        current: () => Promise.resolve(account),
        list: () => Promise.resolve([account]),
      },
      lists: {
        match: () => Promise.resolve({ people: known, departments: [], unmatched: [] }),
      },
      groups: { list: () => [] },
      departments: { of: () => Promise.resolve(new DepartmentTree([])) },
      people: { resolveIds: () => Promise.resolve({ hits: known, unknown: [], inactive: [] }) },
      sender: { send: (draft, options) => service.service.send(draft, options) },
      tellWithdrawn: (by) => void withdrawn.push(by),
      log: silentLog,
    }),
    accounts: { current: () => Promise.resolve(account) },
    people: {
      prepare: () => undefined,
      search: () => Promise.reject(new Error('Nobody looks for people here.')),
    },
    describeError: () => '',
    anAgent: () => 'An agent',
    log: silentLog,
  });
  const answers: string[] = [];
  const open = new Set<AbortSignal>();
  return {
    ...{ questions, withdrawn, answers },
    callTool: async (request: unknown, signal: AbortSignal) => {
      open.add(signal);
      const answered = await tools.answer(request, signal);
      open.delete(signal);
      answers.push(answered.message);
      return answered;
    },
    /** Whether nobody is there any more who waits for an answer. */
    isLeft: () => [...open].every(({ aborted }) => aborted),
    /** What the phones show. */
    phones: () => sandbox.snapshot().pushes.map(({ text }) => text),
    /** Notices on disk and pushes made of them. */
    notices: () => machine.notices.size + machine.past.size + machine.pushes.length,
    close: async () => {
      reach.dispose();
      await service.close();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
