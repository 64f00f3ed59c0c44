import { testLimiter } from '../support/testClient';
import { Bitrix24Error } from '../../src/bitrix24/errors';
import { memoryState } from '../../src/bitrix24/rateLimiter';
import type { BucketState } from '../../src/bitrix24/rateLimiterState';
import type { RateLimiterDeps, RateLimiter } from '../../src/bitrix24/rateLimiter';
import type { Transport } from '../../src/bitrix24/transport';
import type { StorageFolder } from '../../src/common/storageFolder';

/** The steps of a push that nothing stops, in order. Those of a request happen once per request. */
export const killPoints = [
  'before it is recorded',
  'while it is recorded',
  'recorded, nothing sent',
  'waiting for its turn',
  'while a request is recorded',
  'request recorded, not on the wire',
  'request on the wire',
  'answer there, not recorded',
  'while the answer is recorded',
  'answer recorded',
  'while the end is recorded',
  'end recorded',
  'draft settled',
  'remembered as sent',
  'in the history and among the open pushes',
  'out of the open pushes',
  'all done',
] as const;

/** Further steps of a push that takes the place of one that waited. */
export const replacingPoints = [
  'waiting push claimed',
  'while the replacement is recorded',
  'replacement recorded',
  'replaced push in the history',
  'replaced push out of the open ones',
] as const;

/** Further steps of a push that some people may have got and that others did not get. */
export const partlyPoints = [
  'waiting in doubt, its rest not in the draft',
  'rest in the draft, not recorded as moved',
  'while the move of the rest is recorded',
  'move of the rest recorded',
] as const;

/** Further steps of a push that the portal turns away at first, until it is sent again. */
export const turnedAwayPoints = [
  'turned away, not recorded',
  'while it is recorded as turned away',
  'recorded as turned away',
] as const;

export type KillPoint =
  | (typeof killPoints)[number]
  | (typeof replacingPoints)[number]
  | (typeof partlyPoints)[number]
  | (typeof turnedAwayPoints)[number];

/** Ends the process, or does nothing. */
export type Reach = (point: KillPoint) => void;

export interface PushesOptions {
  reach: Reach;
  /** Whether the process is about to end in the middle of such a step. */
  isTorn: (point: KillPoint) => boolean;
  /** Id of the push that waited before. */
  waitingId: string | undefined;
}

/** The folder of open pushes with its steps told. */
export function watchedPushes(folder: StorageFolder, options: PushesOptions): StorageFolder {
  const { reach, isTorn, waitingId } = options;
  const isWaitingOne = (name: string): boolean =>
    waitingId !== undefined && name.startsWith(waitingId);
  return {
    ...folder,
    write: async (name, content) => {
      if (name.endsWith('.sent.push')) {
        await folder.write(name, content);
        reach('remembered as sent');
        return;
      }
      reach('before it is recorded');
      if (isTorn('while it is recorded')) {
        await folder.write(`${name}.half.tmp`, content.slice(0, content.length / 2));
      }
      reach('while it is recorded');
      await folder.write(name, content);
      reach('recorded, nothing sent');
    },
    append: async (name, text, append) => {
      const [during, after] = stepsOf(text);
      if (isTorn(during)) {
        await folder.append(name, text.slice(0, text.length / 2), append);
      }
      reach(during);
      const there = await folder.append(name, text, append);
      reach(after);
      return there;
    },
    rename: async (name, to) => {
      const there = await folder.rename(name, to);
      if (isWaitingOne(name)) {
        reach('waiting push claimed');
      } else if (to.endsWith('.unknown.push')) {
        reach('waiting in doubt, its rest not in the draft');
      }
      return there;
    },
    remove: async (name) => {
      await folder.remove(name);
      reach(isWaitingOne(name) ? 'replaced push out of the open ones' : 'out of the open pushes');
    },
  };
}

/** The folder of pushes of a window that records a request only with its answer, which is too late. */
export function lateRecords(folder: StorageFolder): StorageFolder {
  let held = '';
  return {
    ...folder,
    append: async (name, text, options) => {
      if (text.includes('"t":"sending"')) {
        held += text;
        return true;
      }
      const lines = held;
      held = '';
      return await folder.append(name, lines + text, options);
    },
  };
}

/** The folder of pushes of a window that forgets to settle the push whose place another one has taken. */
export function unsettled(folder: StorageFolder): StorageFolder {
  return {
    ...folder,
    append: async (name, text, options) =>
      text.includes('"as":"replaced"') || (await folder.append(name, text, options)),
  };
}

export function watchedHistory(
  folder: StorageFolder,
  { reach, waitingId }: Pick<PushesOptions, 'reach' | 'waitingId'>,
): StorageFolder {
  return {
    ...folder,
    write: async (name, content) => {
      await folder.write(name, content);
      reach(
        waitingId !== undefined && name.startsWith(waitingId)
          ? 'replaced push in the history'
          : 'in the history and among the open pushes',
      );
    },
  };
}

/** Tells of each write of the drafts. `isPartly`: the push stops on the way, so that a rest of it stays a draft. */
export function watchedDrafts(
  folder: StorageFolder,
  reach: Reach,
  isPartly: boolean,
): StorageFolder {
  return {
    ...folder,
    write: async (name, content, options) => {
      await folder.write(name, content, options);
      reach(isPartly ? 'rest in the draft, not recorded as moved' : 'draft settled');
    },
  };
}

/** Lets each request leave at once, but tells that its turn was asked for. */
export function watchedLimiter(clock: RateLimiterDeps['clock'], reach: Reach): RateLimiter {
  const state = memoryState<BucketState>();
  return testLimiter({
    clock,
    state: () => ({
      update: (change) => {
        reach('waiting for its turn');
        return state.update(change);
      },
    }),
  });
}

export function watchedWire(transport: Transport, reach: Reach): Transport {
  return {
    send: async (request) => {
      const answer = transport.send(request);
      // Sometimes before the portal has read it, sometimes after.
      setTimeout(() => reach('request on the wire'), Math.random() * 8);
      const response = await answer;
      reach('answer there, not recorded');
      return response;
    },
  };
}

/** Loses the first request before the portal has it; whoever sent it cannot know that. */
export function losingWire(transport: Transport): Transport {
  let isFirst = true;
  return {
    send: async (request) => {
      if (isFirst) {
        isFirst = false;
        throw new Bitrix24Error({ kind: 'reset', phase: 'noAnswer', code: 'LOST' });
      }
      return await transport.send(request);
    },
  };
}

/** The portal's front end turns the first request away, so that it is sent again after a pause. */
export function turningAway(transport: Transport, reach: Reach): Transport {
  let isFirst = true;
  return {
    send: async (request) => {
      if (isFirst) {
        isFirst = false;
        reach('turned away, not recorded');
        const body = JSON.stringify({ error: 'QUERY_LIMIT_EXCEEDED', error_description: '' });
        return { status: 503, headers: new Map([['content-type', 'application/json']]), body };
      }
      return await transport.send(request);
    },
  };
}

/** A network that lets nothing through. */
export const noWire: Transport = {
  send: () =>
    Promise.reject(new Bitrix24Error({ kind: 'refused', phase: 'notSent', code: 'ECONNREFUSED' })),
};

function stepsOf(line: string): [KillPoint, KillPoint] {
  if (line.includes('"t":"sending"')) {
    return ['while a request is recorded', 'request recorded, not on the wire'];
  }
  if (line.includes('"t":"decision"')) {
    return ['while the replacement is recorded', 'replacement recorded'];
  }
  if (line.includes('"t":"restMoved"')) {
    return ['while the move of the rest is recorded', 'move of the rest recorded'];
  }
  if (/"t":"answered".*"notSent":\[\d/.test(line)) {
    return ['while it is recorded as turned away', 'recorded as turned away'];
  }
  return line.includes('"t":"answered"')
    ? ['while the answer is recorded', 'answer recorded']
    : ['while the end is recorded', 'end recorded'];
}
