import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addPush, checkPush } from '../../../src/bitrix24/push';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { addPushes, canTravelInBatch } from '../../../src/bitrix24/push';
import { systemClock } from '../../../src/common/clock';
import { startSandbox } from '../../../src/sandbox';
import type { Sandbox } from '../../../src/sandbox';
import { sandboxClient } from '../../support/sandboxClient';
import { Client } from '../../unit/sandbox/client';
import { noLimits, testLimiter } from '../../support/testClient';
import type { FuzzProperty } from './property';

/** What travels badly: PHP's and JSON's own signs, references of a batch, halves of characters. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          ...[
            '&',
            '=',
            '+',
            '%',
            '%26',
            '#',
            '?',
            '[',
            ']',
            '[]',
            '\\',
            '"',
            "'",
            '\0',
            '\n',
            '\r',
          ],
          ...['$', '$result', '$result[c0]', '$next[', '$error', 'USER_ID', '{', '}', '<', '>'],
          ...['\ud83d', '\ude00', '😀', 'ё', ' ', '0', 'true', 'auth=', '\u2028'],
        ),
        { minLength: 1, maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  )
  .filter((value) => checkPush({ userIds: [1], text: value }).length === 0);
const ids = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 31 }), { minLength: 1, maxLength: 30 });
/** Half a character is nothing that a phone could show. */
const wellFormed = (value: string) => value.replace(/\p{Surrogate}/gu, '\ufffd');
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

async function signedIn(): Promise<{ sandbox: Sandbox; client: PortalClient }> {
  const sandbox = await startSandbox();
  sandbox.patchState({ bucket: { size: 0 } });
  // Ten thousand requests at the portal's two a second would take hours.
  const limiter = testLimiter({ clock: systemClock, limits: noLimits });
  return { sandbox, client: await sandboxClient(sandbox, systemClock, { limiter }) };
}

async function fresh(sandbox: Sandbox): Promise<void> {
  await sandbox.reset();
  sandbox.patchState({ bucket: { size: 0 } });
}

const single: FuzzProperty = {
  name: 'one push arrives as it was meant',
  weight: 3,
  open: async () => {
    const { sandbox, client } = await signedIn();
    return {
      property: fc.asyncProperty(text, ids, async (said, userIds) => {
        await fresh(sandbox);
        await addPush(client, { userIds, text: said });
        const { pushes } = sandbox.snapshot();
        assert.deepEqual(
          pushes.map((push) => [push.text, push.recipients]),
          [[wellFormed(said), userIds]],
        );
      }),
      close: () => sandbox.close(),
    };
  },
};

const several: FuzzProperty = {
  name: 'a batch arrives as it was meant',
  weight: 3,
  open: async () => {
    const { sandbox, client } = await signedIn();
    const push = fc.record({ text: text.filter((value) => canTravelInBatch(value)), userIds: ids });
    const pushes = fc.uniqueArray(push, {
      minLength: 2,
      maxLength: 5,
      selector: (one) => wellFormed(one.text),
    });
    return {
      property: fc.asyncProperty(pushes, async (sent) => {
        await fresh(sandbox);
        const fates = await addPushes(client, sent);
        assert.ok(fates.every(({ kind }) => kind === 'accepted'));
        assert.deepEqual(
          sandbox.snapshot().pushes.map((one) => [one.text, sorted(one.recipients)]),
          sent.map((one) => [wellFormed(one.text), sorted(one.userIds)]),
        );
      }),
      close: () => sandbox.close(),
    };
  },
};

/** intval() of a JSON value; Bitrix24: USER_ID. */
function phpIntOf(value: unknown): number {
  if (typeof value === 'boolean') {
    return Number(value);
  }
  if (typeof value === 'number') {
    return Math.trunc(value);
  }
  if (typeof value === 'string') {
    const digits = /^\s*[+-]?\d+/.exec(value)?.[0];
    return digits === undefined ? 0 : Number(digits);
  }
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0 ? 1 : 0;
}

const small = fc.integer({ min: -50, max: 5_000 });
const element = fc.oneof(
  small,
  small.map(String),
  small.map((number) => `${number}abc`),
  fc.constantFrom(true, false, null, 'abc', '', [], [9], {}, { a: 1 }),
  fc.double({ min: 0, max: 1_000, noNaN: true }).filter((number) => number >= 1 || number === 0),
);
/** What anybody may send, against what the documentation and the published source say becomes of it. */
const userIds: FuzzProperty = {
  name: 'USER_ID as the server reads it',
  weight: 2,
  open: async () => {
    const sandbox = await startSandbox();
    sandbox.patchState({ bucket: { size: 0 } });
    const client = await Client.signedIn(sandbox);
    const list = fc.array(element, { maxLength: 8 });
    const object = fc.dictionary(fc.constantFrom('a', 'b', 'c'), element);
    const expected = (values: readonly unknown[]) => [
      ...new Set(values.map(phpIntOf).filter((id) => id > 0)),
    ];
    const value = fc.oneof(
      list.map((values) => ({ sent: values, read: expected(values) })),
      list.map((values) => ({ sent: JSON.stringify(values), read: expected(values) })),
      object.map((values) => ({ sent: values, read: expected(Object.values(values)) })),
      small.map((id) => ({ sent: id, read: expected([id]) })),
      small.map((id) => ({ sent: String(id), read: expected([id]) })),
      fc.constantFrom(
        { sent: '1,2', read: [1] },
        { sent: '1e3', read: [1000] },
        { sent: '01', read: [1] },
        { sent: '[1,2', read: [] },
        { sent: '"5"', read: [5] },
        { sent: 'abc', read: [] },
        { sent: 'null', read: [] },
        { sent: '', read: [] },
        { sent: null, read: [] },
        { sent: true, read: [1] },
        { sent: 'true', read: [1] },
        { sent: 1.9, read: [1] },
      ),
    );
    return {
      property: fc.asyncProperty(value, async ({ sent, read }) => {
        await fresh(sandbox);
        const answer = await client.json('pull.application.push.add', {
          USER_ID: sent,
          TEXT: 'hi',
        });
        assert.equal(answer.json['result'], true);
        assert.deepEqual(
          sandbox.snapshot().pushes.map(({ recipients }) => recipients),
          read.length > 0 ? [read] : [],
        );
      }),
      close: () => sandbox.close(),
    };
  },
};

const texts: FuzzProperty = {
  name: 'TEXT as the server reads it',
  weight: 2,
  open: async () => {
    const sandbox = await startSandbox();
    sandbox.patchState({ bucket: { size: 0 } });
    const client = await Client.signedIn(sandbox);
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom<unknown>(
        '',
        '0',
        '00',
        '0.0',
        'false',
        ' ',
        '\n',
        0,
        0.5,
        7,
        true,
        false,
        null,
        [],
      ),
    );
    return {
      property: fc.asyncProperty(value, async (sent) => {
        await fresh(sandbox);
        const answer = await client.json('pull.application.push.add', { USER_ID: [1], TEXT: sent });
        const nothing = ['', '0', 0, false, null].includes(sent as never) || Array.isArray(sent);
        assert.equal(answer.json['error'], nothing ? 'TEXT_ERROR' : undefined);
        assert.deepEqual(
          sandbox.snapshot().pushes.map((push) => push.text),
          nothing ? [] : [sent === true ? '1' : String(sent)],
        );
        if (typeof sent === 'string') {
          // Ours refuses all that, and besides what is blank.
          const refused = checkPush({ userIds: [1], text: sent }).length > 0;
          assert.equal(refused, nothing || sent.trim() === '');
        }
      }),
      close: () => sandbox.close(),
    };
  },
};

export const wireProperties = [single, several, userIds, texts];
