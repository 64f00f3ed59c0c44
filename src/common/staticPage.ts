/** A page that loads nothing and runs only `script`. `body` is HTML that was escaped. */
interface StaticPage {
  language: string;
  title: string;
  nonce: string;
  body: string;
  styles: string;
  script?: string;
}

/** Returns a page for a webview panel. Its styles are added to those that our panels share. */
export function renderPanelPage(page: StaticPage): string {
  return renderStaticPage({ ...page, styles: panelStyles + page.styles });
}

export function renderStaticPage(page: StaticPage): string {
  const { language, title, nonce, body, styles, script } = page;
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">${styles}</style>
</head>
<body>
<main>
${body}
</main>
${script === undefined ? '' : `<script nonce="${nonce}">${script}</script>`}
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

const panelStyles = `
body { color: var(--vscode-foreground); background: var(--vscode-editor-background); font: var(--vscode-font-size)/1.5 var(--vscode-font-family); padding: 0 1.5rem 2rem; }
main { max-width: 44rem; }
h1 { font-size: 1.5em; font-weight: 600; overflow-wrap: anywhere; }
h2 { font-size: 1.15em; font-weight: 600; margin-top: 1.75em; }
dl { margin: 0; }
dt { font-weight: 600; }
dd { margin: .25em 0 0; }
dd p { margin: .25em 0 0; }
.note { color: var(--vscode-descriptionForeground); }
button { font: inherit; color: var(--vscode-button-foreground); background: var(--vscode-button-background); border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px; padding: .1em .7em; cursor: pointer; }
button:hover { background: var(--vscode-button-hoverBackground); }
button:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
`;
