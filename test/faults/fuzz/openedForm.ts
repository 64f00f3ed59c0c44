import { Emitter } from '../../../src/common/emitter';
import { silentLog } from '../../support/silentLog';
import { FormController } from '../../../src/form/formController';
import type { Draft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { aPush, anError, peopleOf } from '../../support/builders';
import { formDeps } from '../../support/formDeps';
import { memoryFolder } from '../../support/memoryFolder';

/** The form's host half with everything around it played; every second push is refused. */
export interface OpenedForm {
  controller: FormController;
  /** The drafts that were sent. */
  sent: Draft[];
  /** Commands that were run. */
  ran: string[];
  restart(): Promise<void>;
  close(): void;
}

export async function openedForm(): Promise<OpenedForm> {
  let drafts: DraftStore;
  const sent: Draft[] = [];
  const ran: string[] = [];
  const problem = { code: 'X', message: 'x', severity: 'error', fixes: ['showLog'] } as const;
  const build = async (): Promise<FormController> => {
    drafts = new DraftStore({
      disk: memoryFolder(new Map()),
      key: 'w',
      clock: { now: () => 1 },
      log: silentLog,
      delayMs: 1_000_000,
    });
    await drafts.ready;
    const error = anError({ kind: 'server', phase: 'answered', code: 'TEXT_ERROR' });
    return new FormController(
      formDeps({
        drafts,
        service: {
          send: (draft) => {
            sent.push(draft);
            const ids = draft.recipients.map(({ id }) => id);
            const isRefused = sent.length % 2 === 0;
            const people = peopleOf(isRefused ? 'refused' : 'accepted', ...ids);
            const push = aPush({ draft, people, ...(isRefused && { error }) });
            return Promise.resolve({ kind: 'push', push });
          },
          act: () => Promise.resolve({ kind: 'takenCareOf' }),
          open: () => Promise.resolve([]),
          onDidChange: new Emitter<undefined>().event,
        },
        sentences: {
          ofError: () => ({ ...problem, fixes: [...problem.fixes] }),
          ofResult: () => ({ ...problem, fixes: [...problem.fixes] }),
          ofEarlier: () => ({ ...problem, fixes: [...problem.fixes] }),
          ofSignedIn: () => ({ ...problem, fixes: [...problem.fixes] }),
          ofIssue: ({ code }) => code,
        },
        run: (command) => {
          ran.push(command);
          return Promise.resolve(undefined);
        },
      }),
    );
  };
  const form: OpenedForm = {
    controller: await build(),
    sent,
    ran,
    restart: async () => {
      form.close();
      sent.length = ran.length = 0;
      form.controller = await build();
    },
    close: () => {
      form.controller.dispose();
      drafts.dispose();
    },
  };
  return form;
}
