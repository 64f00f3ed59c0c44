/**
 * Makes text from servers, files and selections safe to show: one line, no control or direction-changing
 * characters, and no link. VS Code turns `[text](https:…)` and even `[text](command:…)` in a message into live links.
 * A notification has space for 300 characters of a server's sentence.
 */
export function plainText(text: string, maxLength = 300): string {
  return withoutLinks(shorten(visibleLine(text).trim(), maxLength));
}

/** Returns the visible part of a text as one line: no control or direction-changing characters. */
function visibleLine(text: string): string {
  return (
    text
      // Lone surrogates.
      .replace(/\p{Surrogate}/gu, '\ufffd')
      // Directions, zero-width spaces and tags make a text look like another one.
      .replace(
        /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu,
        '',
      )
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .replace(/\s+/gu, ' ')
  );
}

/** Makes text from elsewhere a one-line label of the workbench, which would draw `$(name)` as an icon. */
export function plainLabel(text: string): string {
  return visibleLine(text).replaceAll('$(', '\\$(');
}

/** Breaks what VS Code would make a link of, and changes nothing else. It is the last step for a whole message. */
export function withoutLinks(text: string): string {
  return text.replace(/\](?=\()/g, '] ').replace(/(command)(?=:)/gi, '$1 ');
}

/** Cuts by code points, so that no half of a character is left. */
function shorten(text: string, maxLength: number): string {
  const characters = Array.from(text);
  return characters.length <= maxLength
    ? text
    : `${characters
        .slice(0, maxLength - 1)
        .join('')
        .trimEnd()}…`;
}
