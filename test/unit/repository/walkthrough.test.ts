import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

const root = path.join(__dirname, '../../..');
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

const picture = v.pipe(v.string(), v.startsWith('media/walkthrough/'));
const { contributes } = v.parse(
  v.object({
    contributes: v.object({
      walkthroughs: v.array(
        v.object({
          steps: v.array(
            v.object({
              id: v.string(),
              media: v.object({
                image: v.object({ dark: picture, light: picture, hc: picture, hcLight: picture }),
                altText: v.string(),
              }),
            }),
          ),
        }),
      ),
    }),
  }),
  read('package.json'),
);
const steps = contributes.walkthroughs.flatMap((one) => one.steps);

describe('the walkthrough', () => {
  it('has a picture of its own for each step, light and dark, and no other', () => {
    const named = new Set(steps.flatMap(({ media }) => Object.values(media.image)));
    assert.deepEqual(
      [...named].map((file) => path.basename(file)).sort(),
      readdirSync(path.join(root, 'media/walkthrough')).sort(),
    );
  });

  it('shows something else in each step', () => {
    for (const { id, media } of steps) {
      for (const file of Object.values(media.image)) {
        assert.ok(path.basename(file).startsWith(`${id}-`), `${id}: ${file}`);
      }
      assert.notEqual(media.image.dark, media.image.light);
    }
  });

  it('has pictures of no more than 150 KB together, because they ship', () => {
    const bytes = readdirSync(path.join(root, 'media/walkthrough'))
      .map((name) => path.join('media/walkthrough', name))
      .reduce((sum, file) => sum + statSync(path.join(root, file)).size, 0);
    assert.ok(bytes <= 150_000, `${bytes} bytes`);
  });

  for (const [file, page] of [
    ['package.nls.json', 'https://apidocs.bitrix24.com/first-steps/access-to-rest-api.html'],
    ['package.nls.ru.json', 'https://apidocs.bitrix24.ru/first-steps/access-to-rest-api.html'],
  ] as const) {
    it(`describes each picture, and links what a portal must have: ${file}`, () => {
      const texts = v.parse(v.record(v.string(), v.string()), read(file));
      const alts = steps.map(({ media }) => texts[media.altText.slice(1, -1)]);
      assert.equal(new Set(alts).size, steps.length);
      assert.ok(texts['walkthrough.connect.description']?.includes(`](${page})`));
      assert.match(texts['walkthrough.sandbox.description'] ?? '', /command:bitrix24Push\.sandbox/);
    });
  }
});
