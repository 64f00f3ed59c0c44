import assert from 'node:assert/strict';
import type { DeliveryFact } from '../../../src/bitrix24/presence';
import { renderDeliveryPage } from '../../../src/delivery/deliveryPage';
import type { DeliveryPageContent } from '../../../src/delivery/deliveryPage';
import { checksOf } from '../../../src/delivery/deliveryRules';

const now = Date.parse('2026-11-22T12:00:00Z');
const day = 24 * 60 * 60 * 1000;
const hostile = `"><img src=x onerror=alert(1)>'&`;

function content(text: string): DeliveryPageContent {
  const checks = (['fine', 'maybe', 'certain', 'unchecked', 'question'] as const).map((result) => ({
    result,
    resultWord: text,
    title: text,
    texts: [text, text],
  }));
  return {
    language: text,
    title: text,
    asked: text,
    intro: text,
    verdict: { result: 'certain', text },
    groups: [
      { title: text, note: text, checks },
      { title: text, checks },
    ],
    buttons: [
      { action: 'again', text },
      { action: 'another', text },
    ],
    busy: false,
    focus: 'again',
  };
}

describe('the page about one person', () => {
  it('shows whatever it is given as text', () => {
    const html = renderDeliveryPage(content(hostile), 'N0NCE');
    assert.ok(!html.includes('<img'));
    assert.ok(!html.includes(hostile));
    assert.ok(html.includes('&#34;&#62;&#60;img src=x onerror=alert(1)&#62;&#39;&#38;'));
  });

  it('runs and styles only what carries its nonce, and loads nothing', () => {
    const html = renderDeliveryPage(content('x'), 'N0NCE');
    assert.match(
      html,
      /content="default-src 'none'; style-src 'nonce-N0NCE'; script-src 'nonce-N0NCE'; base-uri 'none'; form-action 'none'"/,
    );
    const opening = [...html.matchAll(/<(script|style)\b[^>]*>/g)].map(([tag]) => tag);
    assert.deepEqual(opening, ['<style nonce="N0NCE">', '<script nonce="N0NCE">']);
    assert.ok(!/\s(?:style|on\w+|src|href)=/.test(html));
  });

  it('says each result in words, and lets its buttons wait while it asks', () => {
    const html = renderDeliveryPage({ ...content('word'), busy: true }, 'N');
    assert.equal(html.split('</span> word</span>').length - 1, 10);
    assert.equal(html.split(' disabled').length - 1, 2);
    assert.equal(renderDeliveryPage(content('word'), 'N').split(' disabled').length - 1, 0);
  });
});

describe('the rules, one by one', () => {
  const results = (fact: Omit<DeliveryFact, 'id'> | undefined) =>
    checksOf(fact && { id: 5, ...fact }, now).map(({ rule, result }) => `${rule} ${result}`);
  const away = { active: true, activityAt: now - day, mobileAt: now - day, desktopAt: null };

  it('are all fine for somebody with a phone who is away', () => {
    assert.deepEqual(results(away), [
      'exists fine',
      'active fine',
      'mobile fine',
      'desktop fine',
      'browser fine',
    ]);
  });

  it('end with the one that is certain', () => {
    assert.deepEqual(results({ unknown: 'certain' }), ['exists certain']);
    assert.deepEqual(results({ unknown: 'likely' }), ['exists maybe']);
    assert.deepEqual(results({ ...away, active: false }), ['exists fine', 'active certain']);
  });

  it('tell the phone, the desktop app and the browser apart', () => {
    assert.deepEqual(results({ ...away, mobileAt: null, desktopAt: now }).slice(2), [
      'mobile maybe',
      'desktop maybe',
      'browser fine',
    ]);
    assert.deepEqual(results({ ...away, activityAt: now, extranet: true }).slice(3), [
      'desktop fine',
      'browser maybe',
      'extranet fine',
    ]);
    const idle = { ...away, activityAt: now, desktopAt: now, idle: true };
    assert.deepEqual(results(idle).slice(3), ['desktop fine', 'browser fine']);
  });

  it('are open where the portal did not tell', () => {
    assert.deepEqual(results({ active: true, online: true }).slice(2), [
      'mobile unchecked',
      'desktop unchecked',
      'browser maybe',
    ]);
    assert.deepEqual(
      new Set(results(undefined).map((line) => line.split(' ')[1])),
      new Set(['unchecked']),
    );
  });
});
