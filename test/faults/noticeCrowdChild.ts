// One of several windows that have notices. It reads an order from each line of its input, and prints a line when it
// has carried it out.
import { createInterface } from 'node:readline';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import type { Tokens } from '../../src/bitrix24/oauth';
import { systemClock } from '../../src/common/clock';
import { ManualClock } from '../support/manualClock';
import { aNotice } from '../support/notices';
import { noLimits, testClient, testLimiter } from '../support/testClient';
import { openNoticeWindow } from './noticeWindow';
import { accountOf } from './pushWindow';

export interface CrowdMember {
  root: string;
  tokens: Tokens;
  portal: string;
  accountId: string;
  /** Unix ms by the clock of all windows. */
  now: number;
  /** It shares with nobody how many pushes it sent. */
  apart: boolean;
}

/** Things that end in this window, and then time that passes, ms. */
export interface CrowdOrder {
  names: readonly string[];
  pass: number;
}

async function main(member: CrowdMember): Promise<void> {
  const { root, tokens, portal, accountId, now, apart } = member;
  const clock = new ManualClock(now);
  const client = testClient({
    transport: nodeFetchTransport({ userAgent: 'crowd/1' }),
    clock: systemClock,
    limiter: testLimiter({ clock: systemClock, limits: noLimits }),
    tokens: {
      tokens: () => Promise.resolve(tokens),
      refreshed: () => Promise.reject(new Error('these tokens are not refreshed')),
      moved: () => Promise.resolve(undefined),
    },
  });
  const account = accountOf(accountId, portal);
  const window = await openNoticeWindow({ root, client, account, clock, isAway: true, apart });
  await window.lookBack();
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const { names, pass } = JSON.parse(line) as CrowdOrder;
    for (const name of names) {
      await window.reach.take(aNotice({ name }));
    }
    console.log('taken');
    clock.advance(pass);
    await window.reach.look();
    console.log('done');
  }
  await window.close();
}

void main(JSON.parse(process.argv[2] ?? '') as CrowdMember);
