import { escapeHtml as escape, renderPanelPage } from '../common/staticPage';

/** One line of the application's form: its name there, in both languages, and what to put into it. */
export interface HelpField {
  english: string;
  russian: string;
  text: string;
  /** A value with a Copy button, whose message to the host has this name. */
  copy?: { name: string; value: string } | undefined;
}

/** The localised texts of the page, all plain text. */
export interface HelpPageContent {
  language: string;
  title: string;
  intro: string;
  steps: {
    open: { title: string; english: string; russian: string; note: string };
    fill: { title: string; fields: HelpField[] };
    save: { title: string; fields: HelpField[]; note: string };
  };
  /** Empty until the portal is known. */
  links: { name: string; text: string; url: string }[];
  copy: string;
  copied: string;
}

/**
 * The page that says what to type into Bitrix24's form for a local application. Its only messages to the host are
 * `{type: 'copy' | 'open', name}`: what is copied or opened, the host decides.
 */
export function renderHelpPage(content: HelpPageContent, nonce: string): string {
  const { language, title, steps } = content;
  const body = `<h1>${escape(title)}</h1>
<p>${escape(content.intro)}</p>
<h2>1. ${escape(steps.open.title)}</h2>
<p class="path">${escape(steps.open.english)}</p>
<p class="path" lang="ru">${escape(steps.open.russian)}</p>
<p>${content.links.map(({ name, text }) => `<button class="link" data-open="${escape(name)}">${escape(text)}</button>`).join(' ')}</p>
<p class="note">${escape(steps.open.note)}</p>
<h2>2. ${escape(steps.fill.title)}</h2>
${table(steps.fill.fields, content.copy)}
<h2>3. ${escape(steps.save.title)}</h2>
${table(steps.save.fields, content.copy)}
<p class="note">${escape(steps.save.note)}</p>
<p role="status" aria-live="polite" id="status" data-copied="${escape(content.copied)}"></p>`;
  return renderPanelPage({ language, title, nonce, body, styles, script });
}

function table(fields: readonly HelpField[], copy: string): string {
  const rows = fields.map(
    ({ english, russian, text, copy: offered }) => `<div class="field">
<dt>${escape(english)} <span lang="ru">${escape(russian)}</span></dt>
<dd>${offered ? `<code>${escape(offered.value)}</code> <button data-copy="${escape(offered.name)}" aria-label="${escape(`${copy}: ${english}`)}">${escape(copy)}</button>` : ''}<p>${escape(text)}</p></dd>
</div>`,
  );
  return `<dl>\n${rows.join('\n')}\n</dl>`;
}

const styles = `
.field { border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); padding: .6em 0; }
dt span { color: var(--vscode-descriptionForeground); font-weight: 400; margin-inline-start: .5em; }
.path { margin: .25em 0; }
code { font-family: var(--vscode-editor-font-family); background: var(--vscode-textCodeBlock-background); padding: .1em .35em; border-radius: 2px; overflow-wrap: anywhere; }
button.link { color: var(--vscode-textLink-foreground); background: none; border: 0; padding: 0; margin-inline-end: 1.5em; text-decoration: underline; }
`;

/** Runs in the page. */
const script = `
const vscode = acquireVsCodeApi();
const status = document.getElementById('status');
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  if (button?.dataset.copy) {
    vscode.postMessage({ type: 'copy', name: button.dataset.copy });
    status.textContent = status.dataset.copied;
  } else if (button?.dataset.open) {
    vscode.postMessage({ type: 'open', name: button.dataset.open });
  }
});
`;
