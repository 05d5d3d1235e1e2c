import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { isAppError } from '@sangha/errors';
import fc from 'fast-check';
import { clientIdOf, hashToken, issueToken, isUlid, newUlid, parseOrgId, parseToken } from '../src/index.ts';

const org = parseOrgId('01JD8Z5M5C8X7R3T9K2V4W6Y1Q');
const isMalformed = (error: unknown) => isAppError(error) && error.code === 'token_malformed';

test('ids are canonical ULIDs and sort by their time', () => {
  const earlier = newUlid(() => 1_700_000_000_000);
  const later = newUlid(() => 1_700_000_000_001);
  assert.ok(isUlid(earlier) && isUlid(later) && earlier < later);
  assert.notEqual(newUlid(), newUlid());
});

test('an organisation id that could reach into a subject, a path or a query is refused', () => {
  const good = String(org);
  for (const text of [
    '',
    '*',
    '>',
    good.toLowerCase(),
    `${good}\n`,
    ` ${good}`,
    `${good}.x`,
    good.replace('J', 'I'),
    good.replace('0', '8'),
    good.slice(1),
    '../../../../../../etc/passwd',
    `' OR 1=1 --${good}`,
  ]) {
    assert.throws(
      () => parseOrgId(text),
      (error) => isAppError(error) && error.code === 'invalid_value',
      JSON.stringify(text),
    );
  }
  for (const value of [undefined, null, 7, [good], { toString: () => good }])
    assert.throws(() => parseOrgId(value as unknown as string));
});

test('an issued token is read back with its organisation, its prefix and the hash of its whole text', () => {
  const { text, prefix, hash } = issueToken(clientIdOf(org));
  assert.match(text, /^sk-bodhiapp_[A-Za-z0-9_-]{49}\.bodhi-[0-9A-Z]{26}$/);
  assert.equal(prefix, text.slice(0, 20));
  assert.equal(hash, createHash('sha256').update(text).digest('hex'));
  assert.deepEqual(parseToken(text), { prefix, hash, clientId: `bodhi-${org}` });
  assert.notEqual(issueToken(clientIdOf(org)).text, text);
});

test('a token made by hand after the written format is accepted', () => {
  // CRC-32 of 43 times "A" is 0x0c2b5986, computed with another implementation.
  const text = `sk-bodhiapp_${'A'.repeat(43)}${Buffer.from('0c2b5986', 'hex').toString('base64url')}.bodhi-${org}`;
  assert.equal(parseToken(text).hash, hashToken(text));
});

test('no token can be issued for a text that is not a client id', () => {
  for (const clientId of ['', 'bodhi-', `bodhi-${String(org).toLowerCase()}`, `bodhi-${org}.x`, 'other'])
    assert.throws(() => issueToken(clientId), isMalformed);
});

test('a token with any one character changed before its organisation is refused', () => {
  const { text } = issueToken(clientIdOf(org));
  fc.assert(
    fc.property(fc.nat(text.indexOf('.')), fc.constantFrom(...'ABCxyz019_-.~ é\u0000'), (at, character) => {
      fc.pre(text[at] !== character);
      assert.throws(() => parseToken(text.slice(0, at) + character + text.slice(at + 1)), isMalformed);
    }),
  );
});

test('the same secret for another organisation is another token', () => {
  const { text, hash } = issueToken(clientIdOf(org));
  const moved = text.slice(0, -26) + newUlid();
  assert.notEqual(parseToken(moved).hash, hash);
});

test('no text at all makes the parser do anything but answer or refuse', () => {
  const { text } = issueToken(clientIdOf(org));
  const pieces = fc.constantFrom('sk-bodhiapp_', text, text.slice(0, 50), '.', `bodhi-${org}`, '\u0000', 'A'.repeat(43));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (input) => {
        if (input === text) return;
        assert.throws(() => parseToken(input), isMalformed);
      },
    ),
  );
  assert.throws(() => parseToken(`${text}${'A'.repeat(5_000_000)}`), isMalformed);
});
