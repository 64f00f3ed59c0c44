import { mkdirSync, readFileSync, statSync } from 'node:fs';
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { root } from '../../host/install.mjs';
import { tickInPalette } from '../support/journeys';
import { PhonesPage } from '../support/phonesPage';
import { PushForm } from '../support/pushForm';
import { stage } from '../support/stage';
import { clipOf, screenshots } from './shots';

// Makes the README's moving picture from the real thing: `npm run screenshots`.

/** High enough for the form with its drawn phone. */
const editor = { width: 860, height: 930 };
const phoneWidth = 340;
const person = 'Иван Сидоров';
const line = 'Release 4.2 is out 🚀';
const checkout = readFileSync(path.join(root, 'test/host/workspace/checkout.py'), 'utf8');

/** A moving picture: frames of the editor beside one phone, each with the time that it stays. */
class Film {
  readonly #frames: { picture: Buffer; ms: number }[] = [];
  readonly #page: Page;
  #phone: Buffer;

  constructor(page: Page, phone: Buffer) {
    this.#page = page;
    this.#phone = phone;
  }

  set phone(phone: Buffer) {
    this.#phone = phone;
  }

  /** What the window shows now, for so many milliseconds, with the name of a key that is being pressed. */
  async frame(ms: number, key?: string): Promise<void> {
    const window = await this.#page.screenshot({ animations: 'disabled', caret: 'hide' });
    const picture = await sharp({
      create: {
        ...{ width: editor.width + phoneWidth, height: editor.height },
        ...{ channels: 3, background: '#12151c' },
      },
    })
      .composite([
        { input: window, left: 0, top: 0 },
        { input: this.#phone, left: editor.width, top: 0 },
        ...(key === undefined ? [] : [{ input: keyCap(key), left: 0, top: editor.height - 96 }]),
      ])
      .png()
      .toBuffer();
    this.#frames.push({ picture, ms });
  }

  /** Writes a GIF, which every page that shows a README can play. */
  async write(file: string): Promise<void> {
    mkdirSync(path.dirname(file), { recursive: true });
    await sharp(
      this.#frames.map(({ picture }) => picture),
      { join: { animated: true } },
    )
      .gif({
        ...{ loop: 0, colours: 128, dither: 0, effort: 10, interFrameMaxError: 2 },
        delay: this.#frames.map(({ ms }) => ms),
      })
      .toFile(file);
  }
}

/** The name of a key in a frame, in the middle below the editor. */
function keyCap(name: string): Buffer {
  const width = 60 + name.length * 15;
  const left = (editor.width - width) / 2;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${editor.width}" height="64">` +
      `<rect x="${left}" y="4" width="${width}" height="52" rx="9" fill="#f4f6fb" stroke="#8c96ab" stroke-width="3"/>` +
      `<text x="${editor.width / 2}" y="39" font-family="DejaVu Sans" font-size="24" font-weight="bold" ` +
      `text-anchor="middle" fill="#1b2a4a">${name}</text></svg>`,
  );
}

/** The person's phone in the sandbox, as high as the editor. */
async function phoneOf({ page }: PhonesPage, name: string): Promise<Buffer> {
  await page.bringToFront();
  const phone = page.getByRole('article', { name, exact: true });
  await phone.scrollIntoViewIfNeeded();
  const picture = await page.screenshot({ clip: await clipOf(phone), animations: 'disabled' });
  return await sharp(picture)
    .resize({ width: phoneWidth, height: editor.height, fit: 'contain', background: '#12151c' })
    .png()
    .toBuffer();
}

describe("the README's moving picture", () => {
  it('shows a push from the palette to a phone', async () => {
    await stage.portal.patch({ appName: 'Deploy Bot' });
    const workbench = await stage.workbench({
      ...editor,
      files: { 'checkout.py': checkout },
      settings: { 'workbench.colorTheme': 'Dark Modern', 'editor.minimap.enabled': false },
    });
    const { page } = workbench;
    await workbench.openFile('checkout.py');
    const phones = await PhonesPage.beside(workbench, stage.portal);
    await phones.page.emulateMedia({ colorScheme: 'dark' });
    const film = new Film(page, await phoneOf(phones, person));
    await workbench.toFront();
    await film.frame(900);

    await page.keyboard.press('F1');
    await workbench.quickInputBox.fill('>push');
    await workbench.row('Send Bitrix24 Push').waitFor();
    await film.frame(1400, 'F1');
    await workbench.row('Send Bitrix24 Push').click();
    await workbench.step('e-mail or id on');
    await film.frame(900);
    await workbench.quickInputBox.fill('ива');
    await workbench.row(person).waitFor();
    await film.frame(1200);
    await tickInPalette(workbench, person, 'ива');
    await film.frame(900);
    await page.keyboard.press('Enter');
    await workbench.step('What the phones will show');
    await workbench.quickInputBox.fill(line.slice(0, 12));
    await film.frame(500);
    await workbench.quickInputBox.fill(line);
    await film.frame(1300, 'Shift + Enter');
    await page.keyboard.press('Shift+Enter');
    const form = await PushForm.in(workbench);
    await form.onPhone.filter({ hasText: line }).waitFor();
    await film.frame(1600);
    await form.text.fill(`${line}\ncheckout.py needs your eyes before 18:00`);
    await form.onPhone.filter({ hasText: 'checkout.py' }).waitFor();
    await film.frame(1600, 'Ctrl + Enter');
    await form.text.press('Control+Enter');
    await form.accepted.waitFor();
    await film.frame(700);
    await phones.pushesOf(person).filter({ hasText: line }).waitFor();
    film.phone = await phoneOf(phones, person);
    await workbench.toFront();
    await film.frame(3500);

    const file = path.join(screenshots, 'send.gif');
    await film.write(file);
    assert.ok(statSync(file).size < 1_000_000, `${statSync(file).size} bytes`);
  });
});
