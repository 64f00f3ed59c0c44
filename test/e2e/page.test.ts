import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { startBrowser } from '../host/browser.mjs';
import { Emitter } from '../../src/common/emitter';
import { aPush } from '../support/builders';
import { memoryFolder } from '../support/memoryFolder';
import { FormPage } from './support/formPage';
import type { FormPageOptions } from './support/formPage';
import { until } from './support/until';

describe("the form's page", () => {
  let browser: Browser;
  let form: FormPage | undefined;

  before(async () => {
    browser = await startBrowser();
  });

  after(() => browser.close());

  async function open(options: FormPageOptions = {}): Promise<FormPage> {
    form = await FormPage.open(browser, options);
    return form;
  }

  afterEach(async () => {
    await form?.close();
    form = undefined;
  });

  it('offers at a brace what can be filled in, by keyboard and for a screen reader (trial 8.4)', async () => {
    const { page, text, fillings, drafts, spoken } = await open();
    await text.focus();
    await page.keyboard.type('Hi {');
    assert.deepEqual(await fillings.allTextContents(), [
      '{name} first name',
      '{last_name} last name',
      '{full_name} first and last name',
      '{position} position',
      '{department} department',
    ]);
    assert.match((await spoken.textContent()) ?? '', /What can be filled in/u);
    // Nothing is marked before a letter is typed: Enter is a line break.
    assert.equal(await text.getAttribute('aria-activedescendant'), null);
    await page.keyboard.type('l');
    assert.deepEqual(await fillings.allTextContents(), [
      '{last_name} last name',
      '{full_name} first and last name',
    ]);
    assert.equal(await text.getAttribute('aria-activedescendant'), 'placeholders-0');
    assert.equal(await text.getAttribute('aria-controls'), 'placeholders');
    await page.keyboard.press('ArrowDown');
    // The menu looks at the text again, as it does whenever the host answers: the marked row stays marked.
    await page.evaluate(() => document.dispatchEvent(new Event('selectionchange')));
    assert.equal(await text.getAttribute('aria-activedescendant'), 'placeholders-1');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.keyboard.type('!');
    assert.equal(await text.inputValue(), 'Hi {last_name}!');
    assert.equal(await fillings.count(), 0);
    await page.keyboard.type(' {');
    await page.keyboard.press('Escape');
    assert.equal(await fillings.first().isVisible(), false);
    await page.keyboard.press('Enter');
    await page.keyboard.type('{{');
    assert.equal(await fillings.first().isVisible(), false);
    await until('the draft', () =>
      Promise.resolve(drafts.current.text === 'Hi {last_name}! {\n{{'),
    );
  });

  it('takes a filling by a click and by Tab, also in the middle of a text (trial 8.4)', async () => {
    const { page, text, fillings } = await open({ draft: { text: 'Hi {na}, hello' } });
    await text.focus();
    await text.evaluate((input: HTMLTextAreaElement) => input.setSelectionRange(6, 6));
    await fillings.first().waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await text.inputValue(), 'Hi {name}, hello');
    await text.press('End');
    await page.keyboard.type(' {');
    await fillings.filter({ hasText: 'position' }).click();
    assert.equal(await text.inputValue(), 'Hi {name}, hello {position}');
    assert.equal(await text.evaluate((input) => document.activeElement === input), true);
  });

  it('offers Russian names in Russian, finds them by English ones too, and fills them in (trial 8.4)', async () => {
    const { page, text, fillings } = await open({ language: 'ru' });
    await text.focus();
    await page.keyboard.type('Привет, {');
    assert.deepEqual(await fillings.locator('.suggestion-name').allTextContents(), [
      '{имя}',
      '{фамилия}',
      '{полное имя}',
      '{должность}',
      '{отдел}',
    ]);
    await page.keyboard.type('dep');
    await page.keyboard.press('Enter');
    await page.keyboard.type(' {имя|друг}');
    assert.equal(await text.inputValue(), 'Привет, {отдел} {имя|друг}');
    await page.locator('.push-text').filter({ hasText: 'Привет, Отдел продаж Анна' }).waitFor();
    await text.blur();
    assert.equal(await text.getAttribute('aria-invalid'), null);
  });

  it('shows no error while a placeholder is being typed, and one once its user goes on (trial 8.4)', async () => {
    const { page, text } = await open({ draft: { text: 'Hi' } });
    await text.focus();
    await text.blur();
    await text.focus();
    await page.keyboard.press('End');
    for (const letter of ' {nmae') {
      await page.keyboard.type(letter);
      assert.equal(await text.getAttribute('aria-invalid'), null, letter);
    }
    await page.keyboard.type('}');
    await page.locator('.field-error', { hasText: '{nmae}' }).waitFor();
    await page.keyboard.press('Backspace');
    await until('no error', async () => (await text.getAttribute('aria-invalid')) === null);
    await page.keyboard.press('Home');
    await page.locator('.field-error', { hasText: 'unmatched' }).waitFor();
  });

  it('says that a literal text keeps a placeholder as it is, and can fill it in (trial 8.4)', async () => {
    const draft = { text: 'Hello {name}, {{x}}', mode: 'literal' as const };
    const { page, drafts, fillings, text } = await open({ draft });
    const hint = page.locator('.field-text .hint', { hasText: '“{name}” is sent as it is' });
    await hint.waitFor();
    await text.press('End');
    await page.keyboard.type(' {');
    assert.equal(await fillings.first().isVisible(), false);
    await page.keyboard.press('Backspace');
    await hint.getByRole('button').click();
    assert.equal(await hint.isVisible(), false);
    await page.locator('.push-text').filter({ hasText: 'Hello Anna' }).waitFor();
    await page.getByText('with Anna Petrova as an example').waitFor();
    await until('the mode', () => Promise.resolve(drafts.current.mode === 'personal'));
  });

  it('forgets where a text came from once all of it is deleted or replaced, and undo brings it back (trial 8.5)', async () => {
    const location = { label: 'cart.ts:41-43', included: true };
    const draft = { text: 'if (x) { y }', mode: 'literal' as const, location };
    for (const [how, keys] of [
      ['deleted', ['Control+a', 'Delete', 'n']],
      ['replaced', ['Control+a', 'n']],
    ] as const) {
      const { page, text, drafts } = await open({ draft });
      const place = page.getByText('Begin with “cart.ts:41-43”');
      await place.waitFor();
      await text.focus();
      for (const key of keys) {
        await page.keyboard.press(key);
      }
      await until(how, () => Promise.resolve(drafts.current.text === 'n'));
      assert.deepEqual([drafts.current.location, drafts.current.mode], [undefined, 'personal']);
      assert.equal(await place.isVisible(), false);
      await page.keyboard.press('Control+z');
      await page.keyboard.press('Control+z');
      await until('the text again', () => Promise.resolve(drafts.current.text === draft.text));
      assert.deepEqual([drafts.current.location, drafts.current.mode], [location, 'literal']);
      await place.waitFor();
      await form?.close();
    }
  });

  it('keeps the mode that its user chose when the text is deleted (trial 8.5)', async () => {
    const { page, text, drafts } = await open({ draft: { text: 'a' } });
    await page.getByText('literal', { exact: true }).click();
    await text.press('Control+a');
    await page.keyboard.type('{b}');
    await until('the draft', () => Promise.resolve(drafts.current.text === '{b}'));
    assert.equal(drafts.current.mode, 'literal');
  });

  it('undoes and redoes what was typed, also after the view was hidden (trial 8.13)', async () => {
    const shown = await open({ draft: { text: '' } });
    const { page, text, drafts } = shown;
    await text.focus();
    await page.keyboard.type('one two');
    await page.keyboard.press('Control+z');
    assert.equal(await text.inputValue(), 'one');
    await page.keyboard.press('Control+Shift+z');
    assert.equal(await text.inputValue(), 'one two');
    await page.keyboard.type(' three');
    await until('the draft', () => Promise.resolve(drafts.current.text === 'one two three'));
    await shown.hide();
    await shown.show();
    await text.focus();
    for (const wanted of ['one two', 'one', '']) {
      await page.keyboard.press('Control+z');
      assert.equal(await text.inputValue(), wanted);
    }
    await page.keyboard.press('Control+z');
    assert.equal(await text.inputValue(), '');
    await page.keyboard.press('Control+y');
    assert.equal(await text.inputValue(), 'one');
    await until('the draft', () => Promise.resolve(drafts.current.text === 'one'));
  });

  it('counts one person, one text and one request as one, in both languages (trial 8.10)', async () => {
    for (const [language, sentence] of [
      ['en', '1 person, 1 text, 1 request. For 1 of 1 person, a value used in the text'],
      ['ru', '1 получатель, 1 текст, 1 запрос. Для 1 из 1 получателя часть'],
    ] as const) {
      const { page } = await open({
        ...{ language, draft: { text: 'Hi {name}', recipients: [{ id: 3 }] } },
      });
      await page.locator('#plan', { hasText: sentence }).waitFor();
      await form?.close();
    }
  });

  it('does not speak again of what was over before the page came back (trial 8.10)', async () => {
    const shown = await open({
      draft: { text: 'hi', recipients: [{ id: 3, name: 'Ivan' }] },
      service: {
        send: (draft) =>
          Promise.resolve({
            kind: 'push',
            push: aPush({ draft, people: [{ id: 3, status: 'accepted' }] }),
          }),
      },
    });
    const { page, send, spoken } = shown;
    await send.click();
    await spoken.filter({ hasText: 'Accepted by Bitrix24' }).waitFor();
    await shown.hide();
    await shown.show();
    await page.locator('.accepted', { hasText: 'Accepted by Bitrix24' }).waitFor();
    assert.equal(await spoken.textContent(), '');
  });

  it('does not say that a text is kept which the disk did not take (trial 9.7)', async () => {
    const disk = memoryFolder(new Map());
    const accounts = {
      onDidChange: new Emitter<never>().event,
      list: () => Promise.resolve([]),
      current: () => Promise.resolve(undefined),
    };
    for (const [write, sentence] of [
      [disk.write, 'Your text is kept.'],
      [() => Promise.reject(new Error('read-only')), 'Your text could not be saved'],
    ] as const) {
      const { page } = await open({
        ...{ draft: { text: 'hi' }, disk: { ...disk, write }, deps: { accounts } },
      });
      await page.getByText(sentence).waitFor();
      await form?.close();
    }
  });

  it('names the key of Send (trial 8.8)', async () => {
    const { send } = await open();
    assert.equal(await send.getAttribute('title'), 'Send (Ctrl+Enter)');
  });

  it('offers Cancel after a second, and says what has left and what has not (trials 8.9, 8.10)', async () => {
    let leave: () => void = () => undefined;
    const { page, send, spoken } = await open({
      draft: { text: 'hi', recipients: [{ id: 3, name: 'Ivan' }] },
      service: {
        send: (_, { signal, onStep }) =>
          new Promise((resolve) => {
            leave = () => onStep?.('sending');
            signal?.addEventListener('abort', () => resolve({ kind: 'cancelled' }));
          }),
      },
    });
    const cancel = page.getByRole('button', { name: 'Cancel' });
    await send.click();
    await send.filter({ hasText: 'Checking…' }).waitFor();
    assert.equal(await cancel.isVisible(), false);
    await page.getByText('Nothing has been sent yet.').first().waitFor();
    leave();
    await send.filter({ hasText: 'Sending…' }).waitFor();
    assert.equal(await page.getByText('Nothing has been sent yet.').last().isVisible(), false);
    await page.getByText('If you cancel now, the push may arrive all the same.').first().waitFor();
    await cancel.click();
    await send.filter({ hasText: 'Send to 1 person' }).waitFor();
    // What was spoken is gone after a while: nobody hears it again as news.
    await until('silence', async () => (await spoken.textContent()) === '');
  });
});
