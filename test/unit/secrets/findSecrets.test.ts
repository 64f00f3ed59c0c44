import assert from 'node:assert/strict';
import { findSecrets } from '../../../src/secrets/findSecrets';
import { askedAbout, join, letPass } from './texts';

describe('the search for secrets', () => {
  for (const [what, [text, kind]] of Object.entries(askedAbout)) {
    it(`finds ${what} (trials 4.1 to 4.3)`, async () => {
      const found = await findSecrets(`before\n${text}\nafter`);
      assert.ok(found.length > 0);
      for (const one of found) {
        assert.match(one.kind, new RegExp(`^(${kind})$`));
        assert.ok(one.start >= 7 && one.end > one.start && one.end <= 7 + text.length);
      }
    });
  }

  for (const text of letPass) {
    it(`lets pass (trial 4.4): ${text}`, async () => {
      assert.deepEqual(await findSecrets(text), []);
    });
  }

  it('finds the secret itself, and nothing of the name before it', async () => {
    const text = 'Пароль от стенда: S3cr3t!pw99.';
    const [{ start, end } = { start: 0, end: 0 }, ...more] = await findSecrets(text);
    assert.deepEqual([text.slice(start, end).slice(0, 11), more], ['S3cr3t!pw99', []]);
  });

  it('is not switched off by a comment', async () => {
    const text = join('gh', 'p_wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx');
    assert.equal((await findSecrets(`/* secretlint-disable */\n${text}`)).length, 1);
  });

  for (const piece of [
    'password=',
    'password ',
    'token: a ',
    'eyJ',
    'pass **`"',
    '/rest/1/',
    'a1'.repeat(40),
  ]) {
    it(`is done soon with a text of many “${piece.slice(0, 12)}”`, async () => {
      const begun = performance.now();
      await findSecrets(piece.repeat(Math.ceil(20_000 / piece.length)));
      assert.ok(performance.now() - begun < 2_000);
    });
  }
});
