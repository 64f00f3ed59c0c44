import { escapeHtml as escape, renderPanelPage } from '../common/staticPage';
import type { CheckResult } from './deliveryRules';

/** The actions behind the page's buttons, which the host runs. */
export const pageActions = ['again', 'another', 'permissions', 'setup'] as const;
export type PageAction = (typeof pageActions)[number];

export interface PageCheck {
  /** `question`: only people can find it out. */
  result: CheckResult | 'question';
  /** The result in words, because a colour or a sign alone is not accessible. */
  resultWord: string;
  title: string;
  /** A paragraph each. */
  texts: readonly string[];
}

/** The page's localized text; none of it is HTML. */
export interface DeliveryPageContent {
  language: string;
  title: string;
  /** Says which portal was asked, by whom and when. */
  asked: string;
  intro: string;
  /** The conclusion from all checks. */
  verdict: { result: CheckResult; text: string };
  groups: { title: string; note?: string | undefined; checks: PageCheck[] }[];
  buttons: { action: PageAction; text: string }[];
  /** True while the portal is being asked; the buttons are disabled then. */
  busy: boolean;
  /** The button that gets the keyboard focus when the page is drawn. */
  focus?: PageAction | undefined;
}

/** The HTML of the page. The page's only messages to the host are `{type: 'run', action}`. */
export function renderDeliveryPage(content: DeliveryPageContent, nonce: string): string {
  const { language, title, verdict, busy, focus } = content;
  const body = `<h1>${escape(title)}</h1>
<p class="note">${escape(content.asked)}</p>
<p role="status" class="verdict ${verdict.result}">${escape(verdict.text)}</p>
<p class="buttons">${content.buttons
    .map(
      ({ action, text }) =>
        `<button data-action="${action}"${busy ? ' disabled' : ''}${action === focus ? ' data-focus' : ''}>${escape(text)}</button>`,
    )
    .join(' ')}</p>
<p>${escape(content.intro)}</p>
${content.groups.map(group).join('\n')}`;
  return renderPanelPage({ language, title, nonce, body, styles, script });
}

function group({ title, note, checks }: DeliveryPageContent['groups'][number]): string {
  const rows = checks.map(
    ({ result, resultWord, title: name, texts }) => `<li class="${result}">
<span class="result"><span aria-hidden="true">${signs[result]}</span> ${escape(resultWord)}</span>
<div><strong>${escape(name)}</strong>${texts.map((text) => `<p>${escape(text)}</p>`).join('')}</div>
</li>`,
  );
  return `<h2>${escape(title)}</h2>
${note ? `<p class="note">${escape(note)}</p>` : ''}
<ul>
${rows.join('\n')}
</ul>`;
}

const signs: Record<PageCheck['result'], string> = {
  fine: '✓',
  maybe: '!',
  certain: '✗',
  unchecked: '–',
  question: '?',
};

const styles = `
.verdict { font-size: 1.1em; border-inline-start: 3px solid var(--vscode-widget-border, currentColor); padding: .25em .75em; }
.verdict.certain { border-color: var(--vscode-editorError-foreground, currentColor); }
.verdict.maybe { border-color: var(--vscode-editorWarning-foreground, currentColor); }
.verdict.fine { border-color: var(--vscode-testing-iconPassed, currentColor); }
.buttons { display: flex; flex-wrap: wrap; gap: .5em; }
button[disabled] { opacity: .6; cursor: default; }
ul { list-style: none; margin: 0; padding: 0; }
li { display: flex; flex-wrap: wrap; gap: 0 1em; border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); padding: .6em 0; }
li div { flex: 1 1 20rem; overflow-wrap: anywhere; }
li p { margin: .25em 0 0; }
.result { flex: 0 0 11rem; color: var(--vscode-descriptionForeground); }
.certain .result { color: var(--vscode-foreground); font-weight: 600; }
.maybe .result { color: var(--vscode-foreground); font-weight: 600; }
.result span { display: inline-block; width: 1em; font-weight: 600; }
.certain .result span { color: var(--vscode-editorError-foreground, inherit); }
.maybe .result span { color: var(--vscode-editorWarning-foreground, inherit); }
.fine .result span { color: var(--vscode-testing-iconPassed, inherit); }
`;

/** Runs in the page. */
const script = `
const vscode = acquireVsCodeApi();
document.querySelector('[data-focus]')?.focus();
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  if (button?.dataset.action) {
    vscode.postMessage({ type: 'run', action: button.dataset.action });
  }
});
`;
