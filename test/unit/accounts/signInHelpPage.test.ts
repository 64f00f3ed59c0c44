import assert from 'node:assert/strict';
import { renderHelpPage } from '../../../src/accounts/signInHelpPage';
import type { HelpPageContent } from '../../../src/accounts/signInHelpPage';

const hostile = `"><img src=x onerror=alert(1)>'&`;

function content(text: string): HelpPageContent {
  const field = { english: text, russian: text, text, copy: { name: text, value: text } };
  return {
    language: text,
    title: text,
    intro: text,
    steps: {
      open: { title: text, english: text, russian: text, note: text },
      fill: { title: text, fields: [field, { ...field, copy: undefined }] },
      save: { title: text, fields: [field], note: text },
    },
    links: [{ name: text, text, url: 'https://acme.bitrix24.com' }],
    copy: text,
    copied: text,
  };
}

describe('the page that says what to type', () => {
  it('shows whatever it is given as text', () => {
    const html = renderHelpPage(content(hostile), 'N0NCE');
    assert.ok(!html.includes('<img'));
    assert.ok(!html.includes(hostile));
    assert.ok(html.includes('&#34;&#62;&#60;img src=x onerror=alert(1)&#62;&#39;&#38;'));
  });

  it('runs and styles only what carries its nonce, and loads nothing', () => {
    const html = renderHelpPage(content('x'), 'N0NCE');
    assert.match(
      html,
      /content="default-src 'none'; style-src 'nonce-N0NCE'; script-src 'nonce-N0NCE'; base-uri 'none'; form-action 'none'"/,
    );
    const opening = [...html.matchAll(/<(script|style)\b[^>]*>/g)].map(([tag]) => tag);
    assert.deepEqual(opening, ['<style nonce="N0NCE">', '<script nonce="N0NCE">']);
    assert.ok(!/\s(?:style|on\w+|src|href)=/.test(html));
  });

  it('offers a copy only where there is something to copy', () => {
    const html = renderHelpPage(content('x'), 'N');
    assert.equal(html.split('data-copy="').length - 1, 2);
    assert.equal(html.split('data-open="').length - 1, 1);
  });
});
