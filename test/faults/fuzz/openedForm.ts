import type { Account } from '../../../src/accounts/account';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { Emitter } from '../../../src/common/emitter';
import { silentLog } from '../../../src/common/log';
import { FormController } from '../../../src/form/formController';
import { FormPeople } from '../../../src/form/formPeople';
import type { Draft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { memoryDisk } from './memoryDisk';

const anna: Account = {
  id: 'acme:1',
  portal: 'https://acme.example',
  host: 'acme.example',
  userId: 1,
  userName: 'Anna',
  administrator: true,
  clientId: 'local.1',
  integrationId: undefined,
  senderName: undefined,
};

/** The form's host half with everything around it played; every second push is refused. */
export interface OpenedForm {
  controller: FormController;
  /** What went on the road. */
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
  const changed = new Emitter<void>();
  const build = async (): Promise<FormController> => {
    drafts = new DraftStore({
      disk: memoryDisk(new Map()),
      key: 'w',
      clock: { now: () => 1 },
      log: silentLog,
      delayMs: 1_000_000,
    });
    await drafts.ready;
    const error = new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'TEXT_ERROR' });
    return new FormController({
      accounts: {
        onDidChange: changed.event,
        list: () => Promise.resolve([anna]),
        current: () => Promise.resolve(anna),
      },
      drafts,
      road: {
        send: (draft) => {
          sent.push(draft);
          return Promise.resolve(
            sent.length % 2 === 0
              ? { kind: 'refused', error }
              : { kind: 'accepted', count: 1, at: 1, host: anna.host },
          );
        },
      },
      outbox: {
        waiting: () => Promise.resolve([]),
        onDidChange: new Emitter<undefined>().event,
        take: () => Promise.resolve(undefined),
        waitsLike: () => Promise.resolve(false),
        unknownLike: () => Promise.resolve(undefined),
        settle: () => Promise.resolve(false),
        decide: () => Promise.resolve(),
      },
      takenCareOf: () => undefined,
      people: new FormPeople({
        search: {
          prepare: () => undefined,
          search: () => Promise.resolve({ hits: [] }),
          resolveIds: () => Promise.resolve({ hits: [], unknown: [], inactive: [] }),
        },
        recents: { last: () => [], list: () => [] },
        log: silentLog,
        meWords: () => ['me'],
      }),
      resolve: () => Promise.resolve([]),
      problemOf: () => ({ code: 'X', message: 'x', severity: 'error', fixes: ['showLog'] }),
      fixes: { label: (fix) => fix, run: () => Promise.resolve(undefined) },
      log: silentLog,
      run: (command) => {
        ran.push(command);
        return Promise.resolve(undefined);
      },
      tell: () => Promise.resolve(),
      page: { post: () => true, onScreen: () => true },
    });
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
