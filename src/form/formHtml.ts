import { randomBytes } from 'node:crypto';

export interface FormHtmlInput {
  /** BCP 47. */
  language: string;
  title: string;
  script: string;
  style: string;
  /** `webview.cspSource`. */
  source: string;
}

/**
 * The page around the form's script. Pictures may come from https (avatars, photos) and from this machine: the host
 * names photos there only for a portal that is there itself, as the sandbox is. Nothing else is loaded, posted or framed, and no script runs but ours.
 */
export function formHtml({ language, title, script, style, source }: FormHtmlInput): string {
  const nonce = randomBytes(18).toString('base64url');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    `img-src ${source} https: http://127.0.0.1:* http://localhost:*`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="${escaped(style)}">
</head>
<body>
<script nonce="${nonce}" src="${escaped(script)}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
