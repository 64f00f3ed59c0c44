import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a VS Code server show the extension in another language. VS Code takes a language only when a pack for it is
 * installed, and npm carries Microsoft's packs in no form that VS Code reads. This pack translates nothing of VS Code
 * itself: the extension's words are in that language, and the words of VS Code around them stay English.
 *
 * @param locale as in `--locale`, such as "ru"
 * @param directory the server's data directory
 */
export function writeLanguagePack(locale: string, directory: string): void {
  const data = path.join(directory, 'data');
  const words = path.join(data, `language-${locale}.json`);
  const version = '1.0.0';
  mkdirSync(data, { recursive: true });
  writeFileSync(words, JSON.stringify({ version, contents: {} }));
  const pack = {
    hash: `language-${locale}`,
    extensions: [{ extensionIdentifier: { id: `bitrix24-push.language-${locale}` }, version }],
    translations: { vscode: words },
    label: new Intl.DisplayNames(locale, { type: 'language' }).of(locale),
  };
  writeFileSync(path.join(data, 'languagepacks.json'), JSON.stringify({ [locale]: pack }));
}
