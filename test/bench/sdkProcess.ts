// The official SDK as a window: takes the orders that our windows take. See test/support/windows.ts.
//   FOLDER SECRETS live|snapshot RATE large|usual
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { B24OAuth, EnumAppStatus, ParamsFactory } from '@bitrix24/b24jssdk';
import * as v from 'valibot';
import { storedAccountSchema } from '../../src/accounts/storedAccount';
import type { Order } from '../support/windows';

const [, file = '', , rate = '1', plan] = process.argv.slice(2);
const method = 'pull.application.push.add';

function open(): B24OAuth {
  const stored = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const account = Object.values(stored)
    .map((text) => v.safeParse(storedAccountSchema, JSON.parse(text)))
    .find(({ success }) => success)?.output;
  const { tokens, app, portal, authServer } = v.parse(storedAccountSchema, account);
  const drain = 2 * Number(rate);
  const rateLimit = { burstLimit: 50, drainRate: drain, adaptiveEnabled: true };
  return new B24OAuth(
    {
      applicationToken: '',
      userId: tokens.userId ?? 1,
      memberId: tokens.memberId,
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      expires: Math.round(Date.now() / 1000) + 3600,
      expiresIn: 3600,
      scope: 'app',
      domain: new URL(portal).host,
      clientEndpoint: tokens.clientEndpoint,
      serverEndpoint: tokens.serverEndpoint ?? `http://${authServer}/rest/`,
      status: EnumAppStatus.Local,
    },
    app,
    {
      restrictionParams: {
        ...ParamsFactory.getDefault(),
        rateLimit:
          plan === 'large' ? { ...rateLimit, burstLimit: 250, drainRate: 2.5 * drain } : rateLimit,
      },
    },
  );
}

async function main(): Promise<void> {
  const b24 = open();
  b24.offClientSideWarning();
  /** The codes of what failed. */
  const noted = async (
    work: () => Promise<{ isSuccess: boolean; getErrorMessages(): string[] }>,
  ) => {
    try {
      const result = await work();
      return result.isSuccess ? [] : result.getErrorMessages();
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  };
  process.stdout.write('ready\n');
  for await (const line of createInterface({ input: process.stdin })) {
    const { calls, spreadMs = 0, batchTo } = JSON.parse(line) as Order;
    const start = performance.now();
    const all = Array.from({ length: calls }, async (_, index) => {
      await setTimeout(Math.random() * spreadMs);
      const params = { USER_ID: [1], TEXT: `${process.pid} ${index}` };
      return noted(() => b24.actions.v2.call.make({ method, params }));
    });
    if (batchTo) {
      const commands = batchTo.map((id) => ({
        method,
        params: { USER_ID: [id], TEXT: `Hi N${id}, it is ${process.pid}!` },
      }));
      const options = { isHaltOnError: false };
      all.push(noted(() => b24.actions.v2.batchByChunk.make({ calls: commands, options })));
    }
    const codes = (await Promise.all(all)).flat();
    process.stdout.write(`${JSON.stringify({ codes, ms: performance.now() - start })}\n`);
  }
}

void main();
