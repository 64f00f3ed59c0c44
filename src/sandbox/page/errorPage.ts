import type { PageWords } from './client/pageWords';
import { html } from './html';
import { pageShell } from './pageShell';

/**
 * Draws the portal's page for an error, e.g. "Application not found" at the authorize address. The title and the text
 * are translated already.
 */
export function errorPage(words: PageWords, input: { title: string; text: string }): string {
  return pageShell({
    language: words.language,
    title: input.title,
    style:
      '.card { padding: 26px; } .card p { margin-top: 8px; overflow-wrap: anywhere; white-space: pre-line; }\n',
    body: html`<main class="sheet">
      <div class="card">
        <h1>${input.title}</h1>
        <p>${input.text}</p>
      </div>
      <p class="muted">${words.text('Sandbox portal')}</p>
    </main>`,
  });
}
