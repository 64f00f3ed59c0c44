import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { root } from '../../host/install.mjs';

export type Language = 'en' | 'ru';

/** The extension's own sentences in one language, by their English form or their key in the manifest. */
export class Sentences {
  readonly language: Language;
  readonly #bundle: Record<string, string>;
  readonly #manifest: Record<string, string>;

  constructor(language: Language) {
    this.language = language;
    const read = (name: string) =>
      v.parse(
        v.record(v.string(), v.string()),
        JSON.parse(readFileSync(path.join(root, name), 'utf8')),
      );
    this.#bundle = language === 'en' ? {} : read(`l10n/bundle.l10n.${language}.json`);
    this.#manifest = read(language === 'en' ? 'package.nls.json' : `package.nls.${language}.json`);
  }

  /** What is shown for this sentence; it must be translated. */
  of(english: string): string {
    const text = this.language === 'en' ? english : this.#bundle[english];
    assert.ok(text !== undefined, `“${english}” is not translated`);
    return text;
  }

  /** The part of a sentence before its first placeholder. */
  startOf(english: string): string {
    return this.of(english).split('{')[0]!.trim();
  }

  command(key: string): string {
    const title = this.#manifest[key];
    assert.ok(title !== undefined, `${key} has no title`);
    return title;
  }
}
