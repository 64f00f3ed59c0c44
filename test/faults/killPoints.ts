import { memoryState } from '../../src/bitrix24/rateLimiter';
import { testLimiter } from '../support/testClient';
import type { BucketState } from '../../src/bitrix24/rateLimiterState';
import type { RateLimiter, RateLimiterDeps } from '../../src/bitrix24/rateLimiter';
import type { Transport } from '../../src/bitrix24/transport';
import type { RecordFolder } from '../../src/push/outbox/recordFolder';

/** The steps of the road, in order. Those of a request happen once per request. */
export const killPoints = [
  'before it is noted',
  'while it is noted',
  'noted, nothing sent',
  'waiting for its turn',
  'while a request is noted',
  'request noted, not on the wire',
  'request on the wire',
  'answer there, not noted',
  'while the answer is noted',
  'answer noted',
  'while the end is noted',
  'end noted',
  'in the history and the outbox',
  'remembered as sent',
  'out of the outbox, still a draft',
  'all done',
] as const;
export type KillPoint = (typeof killPoints)[number];

/** Ends the process, or does nothing. */
export type Reach = (point: KillPoint) => void;

/** The outbox's folder with its steps told. `torn`: is the process about to end in the middle of such a step? */
export function watchedOutbox(
  folder: RecordFolder,
  reach: Reach,
  torn: (point: KillPoint) => boolean,
): RecordFolder {
  return {
    ...folder,
    write: async (name, content) => {
      if (content === '') {
        await folder.write(name, content);
        reach('remembered as sent');
        return;
      }
      reach('before it is noted');
      if (torn('while it is noted')) {
        await folder.write(`${name}.half.tmp`, content.slice(0, content.length / 2));
      }
      reach('while it is noted');
      await folder.write(name, content);
      reach('noted, nothing sent');
    },
    append: async (name, text, durable) => {
      const [during, after] = stepsOf(text);
      if (torn(during)) {
        await folder.append(name, text.slice(0, text.length / 2), durable);
      }
      reach(during);
      const there = await folder.append(name, text, durable);
      reach(after);
      return there;
    },
    remove: async (name) => {
      await folder.remove(name);
      reach('out of the outbox, still a draft');
    },
  };
}

/** The outbox's folder for a window that notes a request only with its answer: too late. */
export function lateNotes(folder: RecordFolder): RecordFolder {
  let held = '';
  return {
    ...folder,
    append: async (name, text, durable) => {
      if (text.includes('"t":"sending"')) {
        held += text;
        return true;
      }
      const notes = held;
      held = '';
      return await folder.append(name, notes + text, durable);
    },
  };
}

export function watchedHistory(folder: RecordFolder, reach: Reach): RecordFolder {
  return {
    ...folder,
    write: async (name, content) => {
      await folder.write(name, content);
      reach('in the history and the outbox');
    },
  };
}

/** Gives turns at once, but that it is asked for them. */
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
      reach('answer there, not noted');
      return response;
    },
  };
}

function stepsOf(line: string): [KillPoint, KillPoint] {
  if (line.includes('"t":"sending"')) {
    return ['while a request is noted', 'request noted, not on the wire'];
  }
  return line.includes('"t":"answered"')
    ? ['while the answer is noted', 'answer noted']
    : ['while the end is noted', 'end noted'];
}
