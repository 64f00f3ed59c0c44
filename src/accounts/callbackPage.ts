import { randomBytes } from 'node:crypto';
import { escapeHtml as escape } from '../common/staticPage';

/** A page in the user's browser, all plain text. */
export interface CallbackPage {
  title: string;
  text: string;
}

/** The localised pages that the listener answers the browser with. */
export interface CallbackPages {
  /** BCP 47 language of the texts. */
  language: string;
  done: CallbackPage;
  /** The answer belongs to another sign-in, perhaps of another window. */
  otherSignIn: CallbackPage;
  alreadyUsed: CallbackPage;
  /** The request is no answer from Bitrix24 at all. */
  notForPeople: CallbackPage;
}

/** Renders headers and HTML. Nothing of the request is in either; the page runs no script and loads nothing. */
export function renderCallbackPage(
  language: string,
  page: CallbackPage,
): { headers: Record<string, string>; html: string } {
  const nonce = randomBytes(16).toString('base64');
  return {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
    html: `<!doctype html>
<html lang="${escape(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(page.title)}</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; }
</style>
</head>
<body>
<main>
<h1>${escape(page.title)}</h1>
<p>${escape(page.text)}</p>
</main>
</body>
</html>
`,
  };
}
