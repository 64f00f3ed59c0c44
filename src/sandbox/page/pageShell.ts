import { createHash } from 'node:crypto';
import { baseStyle } from './baseStyle';
import { html, Html } from './html';

/**
 * Makes a complete page. Its Content-Security-Policy allows only this style and this script, which are
 * constants and hold no data. From elsewhere it allows only pictures, because phones load them too.
 */
export function pageShell(input: {
  /** The language of the page's texts, e.g. "en". */
  language: string;
  title: string;
  body: Html;
  style?: string;
  script?: string;
  /** Where forms may go, as the policy's rule says it; by default only to the page's own origin. */
  formAction?: string;
}): string {
  const style = lineFeeds(`\n${baseStyle}${input.style ?? ''}`);
  const script = input.script === undefined ? null : lineFeeds(`\n${input.script}\n`);
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    script === null ? null : `script-src ${hashOf(script)}`,
    "connect-src 'self'",
    "img-src 'self' http: https: data:",
    `form-action ${input.formAction ?? "'self'"}`,
    "base-uri 'none'",
  ]
    .filter((rule) => rule !== null)
    .join('; ');
  return html`<!doctype html>
    <html lang="${input.language}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="same-origin" />
        <title>${input.title}</title>
        <link rel="icon" href="data:," />
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        ${input.body} ${script === null ? null : new Html(`<script>${script}</script>`)}
      </body>
    </html> `.source;
}

/** Makes every line break a line feed, as HTML parsers do before browsers compute the policy's hash. */
function lineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}
