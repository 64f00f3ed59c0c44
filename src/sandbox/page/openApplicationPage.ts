/// <reference lib="dom" />
import type { Frame } from '../applicationEvents';
import { browserScript } from './browserScript';
import type { PageWords } from './client/pageWords';
import { html } from './html';
import { pageShell } from './pageShell';

/**
 * Draws the page whose form posts the parameters of an opened application to its handler. The form goes by
 * itself only to this computer; anywhere else the person has to press the button.
 */
export function openApplicationPage(
  words: PageWords,
  { frame, personName }: { frame: Frame; personName: string },
): string {
  const { origin } = new URL(frame.address);
  return pageShell({
    language: words.language,
    title: `${words.text('Open application')} - ${words.text('Sandbox portal')}`,
    // The handler may redirect the browser on to anywhere.
    formAction: 'http: https:',
    ...(frame.isLoopback ? { script: browserScript(submitForm, {}) } : {}),
    body: html`<main class="sheet">
      <nav class="crumbs" aria-label="${words.text('Sandbox portal')}">
        <a href="/devops/list/">${words.text('Integrations')}</a
        ><a href="/sandbox/">${words.text('Phones')}</a>
      </nav>
      <h1>${words.text('Open application')}</h1>
      ${
        frame.isLoopback
          ? null
          : html`<p class="message bad" role="alert">
              ${words.text('{0} is not on this computer. The button sends it tokens of this sandbox.', origin)}
            </p>`
      }
      <form method="post" action="${frame.address}" id="frame">
        ${Object.entries(frame.fields).map(
          ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
        )}
        <p>${words.text('The application gets tokens of {0}.', personName)}</p>
        <p>
          <button class="primary" type="submit">${words.text('Go to {0}', origin)}</button>
        </p>
      </form>
    </main>`,
  });
}

/** Runs in the browser. */
function submitForm(): void {
  document.querySelector<HTMLFormElement>('#frame')?.submit();
}
