import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { until } from './until';
import type { Workbench } from './workbench';

/** Everything that a window shows and keeps, as text: all of its frames, and what it stored in the browser. */
export async function tracesOf({ page }: Workbench): Promise<string> {
  return [...(await Promise.all(page.frames().map(shownIn))), await stored(page)].join('\n');
}

/** '' of a frame that is gone meanwhile. One that is just written anew cannot be read, and is asked again. */
function shownIn(frame: Frame): Promise<string> {
  return until(`what ${frame.url()} shows`, async () => {
    try {
      return `${frame.url()}\n${await frame.content()}`;
    } catch {
      return (frame.isDetached() || frame.page().isClosed()) && '';
    }
  });
}

/** Files below the folder that hold one of these secrets, or half of one, in plain or in two-byte characters. */
export function filesWith(secrets: readonly string[], folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => holds(secrets, contentOf(file)))
    .map((file) => path.relative(folder, file));
}

/** '' for one that is gone meanwhile, as VS Code's locks are when a window has ended. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return '';
    }
    throw error;
  }
}

export function holds(secrets: readonly string[], text: string): boolean {
  const words = text.replaceAll('\0', '').match(/[0-9a-z]{16,}/gi) ?? [];
  const all = words.join('\n');
  return secrets.some((secret) => {
    const middle = Math.floor(secret.length / 2);
    return all.includes(secret.slice(0, middle)) || all.includes(secret.slice(middle));
  });
}

async function stored(page: Page): Promise<string> {
  // The loader of these tests marks functions with this helper, which a page does not know.
  await page.evaluate('globalThis.__name ??= (marked) => marked');
  return page.evaluate(async () => {
    const result = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          reject(new Error(String(request.error)));
        };
      });
    const written = (value: unknown): string =>
      value instanceof Uint8Array ? new TextDecoder().decode(value) : JSON.stringify(value);
    const lines = [localStorage, sessionStorage].flatMap((storage) =>
      Object.entries(storage).map(String),
    );
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await result(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const rows = await result(database.transaction(store).objectStore(store).getAll());
        lines.push(`${name} ${store}`, ...rows.map(written));
      }
      database.close();
    }
    return lines.join('\n');
  });
}
