import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { newPlatformKeyText, parsePlatformKeys, Secret } from '@sangha/secrets';

const parse = (text: string) => parsePlatformKeys(new Secret(text));
const exported = (text: string) => parse(text)[0].key.export().toString('hex');

test('a key may be base64, base64url, hex or plain text', () => {
  const bytes = Buffer.from('e0f1b27c5d9a04386f1ec7d2a95b8340fd6e217ab8c3590e4f72d61ca83b95e7', 'hex');
  const key = exported(bytes.toString('base64'));
  assert.equal(exported(bytes.toString('base64url')), key);
  assert.equal(exported(bytes.toString('hex')), key);
  assert.equal(exported(bytes.toString('hex').toUpperCase()), key);
  assert.notEqual(exported('a long sentence, that only we know'.replaceAll(/[ ,]/g, '_')), key);
  assert.equal(parse(newPlatformKeyText())[0].key.symmetricKeySize, 32);
});

test('several keys are read in order; ids are given or stable fingerprints', () => {
  const [one, other] = [newPlatformKeyText(), newPlatformKeyText()];
  assert.deepEqual(
    parse(`2026-a:${one},2025:${other}`).map(({ id }) => id),
    ['2026-a', '2025'],
  );
  assert.deepEqual(
    parse(`${one}\n${other}\n`).map(({ id }) => id),
    [parse(one)[0].id, parse(other)[0].id],
  );
  assert.match(parse(one)[0].id, /^[0-9a-f]{12}$/);
  assert.throws(() => parse(`a:${one},a:${other}`), /Two encryption keys have the id "a"/);
});

test('random keys are never refused', () => {
  for (let index = 0; index < 2_000; index++) {
    const bytes = randomBytes(32);
    for (const form of ['base64', 'base64url', 'hex'] as const) parse(bytes.toString(form));
  }
});

const weak: [text: string, sentence: RegExp][] = [
  ['', /is empty/],
  [' , ', /is empty/],
  ['short', /has 5 bytes; at least 32/],
  [randomBytes(31).toString('hex'), /has 31 bytes/],
  ['changeme-changeme-changeme-changeme', /placeholder/],
  ['CHANGE_ME_to_something_long_and_random_1234', /placeholder/],
  ['your-secret-key-goes-here-0123456789abcdef', /placeholder/],
  ['this-is-an-example-of-a-long-enough-text', /placeholder/],
  ['a'.repeat(64), /too regular/],
  ['0'.repeat(64), /too regular/],
  ['abc'.repeat(24), /too regular/],
  ['qwertyuiopasdfghqwertyuiopasdfghqwertyuiopasdfgh', /too regular/],
  ['0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL', /too regular/],
  ['0123456789abcdef'.repeat(4), /too regular/],
  [`fine:${newPlatformKeyText()},old:${'ab'.repeat(40)}`, /too regular/],
];
for (const [text, sentence] of weak)
  test(`the key ${JSON.stringify(text.slice(0, 40))} is refused`, () => {
    assert.throws(
      () => parse(text),
      (error: Error) => {
        assert.match(error.message, sentence);
        if (text.length > 8) assert.equal(error.message.includes(text), false, 'the sentence must not repeat the key');
        return true;
      },
    );
  });

test('a parsed key is not printed', () => {
  const text = newPlatformKeyText();
  const keys = parse(text);
  const hex = keys[0].key.export().toString('hex');
  for (const printed of [inspect(keys, { depth: 9, showHidden: true }), JSON.stringify(keys)]) {
    assert.equal(printed.includes(text), false);
    assert.equal(printed.includes(hex), false);
  }
});
