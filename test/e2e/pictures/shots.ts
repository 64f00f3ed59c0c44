import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { root } from '../../host/install.mjs';

/** The pictures of the README; they do not ship. */
export const screenshots = path.join(root, 'media', 'screenshots');
/** The pictures of the walkthrough; they ship. */
export const walkthrough = path.join(root, 'media', 'walkthrough');

/** VS Code's own themes, one of each kind, by the names of a walkthrough's `media.image`. */
export const themes = {
  dark: { theme: 'Dark Modern', style: 'vs-dark' },
  light: { theme: 'Light Modern', style: 'vs' },
  hc: { theme: 'Default High Contrast', style: 'hc-black' },
  hcLight: { theme: 'Default High Contrast Light', style: 'hc-light' },
} as const;

export interface Clip {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The place of this element on the page, at most so high; the clip of a screenshot. */
export async function clipOf(locator: Locator, atMost?: Partial<Clip>): Promise<Clip> {
  const box = await locator.boundingBox();
  if (!box) {
    throw new Error('What a picture is taken of is not visible');
  }
  return {
    ...{ x: box.x, y: box.y },
    width: Math.min(box.width, atMost?.width ?? box.width),
    height: Math.min(box.height, atMost?.height ?? box.height),
  };
}

/** A part of the page as a PNG of 16 colours, in a fifth of the bytes that it would take. */
export async function smallPicture(page: Page, clip: Clip, file: string): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true });
  const picture = await page.screenshot({ clip, animations: 'disabled', caret: 'hide' });
  await sharp(picture)
    .png({ palette: true, colours: 16, dither: 0, effort: 10, compressionLevel: 9 })
    .toFile(file);
}
