import assert from 'node:assert/strict';
import type { DeliveryFact } from '../../../src/bitrix24/presence';
import { hintsOf, presenceOf } from '../../../src/delivery/deliveryRules';
import { hintWord } from '../../support/hintWord';

const now = Date.parse('2026-11-22T12:00:00Z');
const second = 1_000;
const day = 24 * 60 * 60 * second;

const codes = (fact: Omit<DeliveryFact, 'id'>) => hintsOf({ id: 5, ...fact }, now).map(hintWord);

/** Somebody with a phone in use, who is not at a computer. */
const away = { active: true, activityAt: now - day, mobileAt: now - day, desktopAt: null };

describe('what speaks against a push', () => {
  it('is nothing for somebody with a phone who is away', () => {
    assert.deepEqual(codes(away), []);
    assert.deepEqual(codes({}), []);
  });

  it('is certain for whoever was dismissed or does not exist, and then nothing else counts', () => {
    const dismissed = { ...away, active: false, mobileAt: null, extranet: true };
    assert.deepEqual(hintsOf({ id: 5, ...dismissed }, now), [
      { rule: 'active', result: 'certain' },
    ]);
    assert.deepEqual(hintsOf({ id: 5, unknown: 'certain' }, now), [
      { rule: 'exists', result: 'certain' },
    ]);
    assert.deepEqual(hintsOf({ id: 5, unknown: 'likely' }, now), [
      { rule: 'exists', result: 'maybe' },
    ]);
  });

  it('is only a hint in every other case', () => {
    const facts = { extranet: true, mobileAt: null, desktopAt: now, activityAt: now };
    const hints = hintsOf({ id: 5, active: true, ...facts }, now);
    assert.deepEqual(
      hints.map((hint) => [hintWord(hint), hint.result]),
      [
        ['neverMobile', 'maybe'],
        ['desktopOpen', 'maybe'],
        ['extranet', 'fine'],
      ],
    );
  });

  it('counts 14 days for a phone, from the very second', () => {
    const after = (ms: number) => hintsOf({ id: 5, ...away, mobileAt: now - ms }, now);
    assert.deepEqual(after(14 * day - 1), []);
    assert.deepEqual(
      after(14 * day).map(({ rule, result, days }) => [rule, result, days]),
      [['mobile', 'maybe', 14]],
    );
    assert.equal(after(400.9 * day)[0]?.days, 400);
  });

  it('tells a phone that was never used from one that nobody told of', () => {
    assert.deepEqual(codes({ ...away, mobileAt: null }), ['neverMobile']);
    assert.deepEqual(codes({ ...away, mobileAt: undefined }), []);
  });

  it('takes whoever did something within 300 s for present', () => {
    const browser = (ms: number) => codes({ ...away, activityAt: now - ms });
    assert.deepEqual(browser(299_999), ['onlineInBrowser']);
    assert.deepEqual(browser(300_000), []);
    const desktop = (ms: number) => codes({ ...away, activityAt: now, desktopAt: now - ms });
    assert.deepEqual(desktop(299_999), ['desktopOpen']);
    assert.deepEqual(desktop(300_000), ['onlineInBrowser']);
    const phone = (ms: number) => codes({ ...away, activityAt: now, mobileAt: now - ms });
    assert.deepEqual(phone(299_999), []);
    assert.deepEqual(phone(300_000), ['onlineInBrowser']);
  });

  it('believes in the phone before the desktop app, and in a desktop app only while somebody is there', () => {
    const where = (fact: Omit<DeliveryFact, 'id'>) => presenceOf({ id: 5, ...fact }, now);
    assert.equal(where({ ...away, mobileAt: now, desktopAt: now }), 'phone');
    assert.equal(where({ ...away, desktopAt: now, idle: true }), 'desktopIdle');
    assert.deepEqual(codes({ ...away, desktopAt: now, idle: true }), []);
    assert.equal(where({ ...away, desktopAt: now, idle: false }), 'desktop');
  });

  it('stands a portal whose clock is ahead', () => {
    assert.deepEqual(codes({ ...away, desktopAt: now + 90 * second }), ['desktopOpen']);
  });

  it('does not say where somebody is online when only that is known', () => {
    assert.deepEqual(codes({ active: true, online: true }), ['online']);
    assert.deepEqual(codes({ active: true, online: false }), []);
    assert.deepEqual(codes({ active: true }), []);
    // The chat's own time is the newer one.
    assert.deepEqual(codes({ ...away, online: true }), []);
  });
});
