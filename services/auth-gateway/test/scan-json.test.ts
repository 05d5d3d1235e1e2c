import assert from 'node:assert/strict';
import test from 'node:test';
import { isAppError } from '@sangha/errors';
import { memberOf, memberValue, scanJson } from '../src/data-plane/scan-json.ts';

const codeOf = (bytes: Buffer): string => {
  try {
    scanJson(bytes);
    return 'accepted';
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
};
const code = (text: string): string => codeOf(Buffer.from(text));

/** A small deterministic generator (mulberry32), so that a red run can be repeated. */
const dice = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

const parses = (bytes: Buffer): boolean => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

test('the scan finds each top-level value where it lies in the bytes', () => {
  const bytes = Buffer.from(
    ' { "model" : "a\\"b" ,"stream":true, "messages":[{"model":"other","x":[1,{"y":{}}]}],\n"n":-1.5e+3,"z":null,"e":{}, "é":"ü" } ',
  );
  const object = scanJson(bytes);
  assert.deepEqual(
    Object.fromEntries(object.members.map((member) => [member.key, memberValue(bytes, member)])),
    JSON.parse(bytes.toString()),
  );
  assert.equal(memberOf(object, 'x'), undefined);
  assert.equal(bytes[memberOf(object, 'stream')?.keyStart ?? -1], 0x22);
});

test('a top-level key that appears twice is refused, also when one of the two is written with escapes', () => {
  assert.equal(code('{"model":"allowed","model":"secret"}'), 'duplicate_key');
  assert.equal(code('{"model":"allowed","messages":[],"\\u006dodel":"secret"}'), 'duplicate_key');
  assert.equal(code('{"é":1,"\\u00e9":2}'), 'duplicate_key');
  assert.equal(code('{"a":{"model":1},"model":2,"b":{"model":3}}'), 'accepted');
});

test('broken JSON is refused with the place', () => {
  for (const text of [
    '',
    ' ',
    '[]',
    '"x"',
    '1',
    'null',
    '{',
    '{"a"',
    '{"a":',
    '{"a":}',
    '{"a":1',
    '{"a":1,}',
    '{,}',
    '{"a":1}}',
    '{"a":1} x',
    "{'a':1}",
    '{a:1}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":1e}',
    '{"a":-}',
    '{"a":tru}',
    '{"a":True}',
    '{"a":NaN}',
    '{"a":[1,]}',
    '{"a":[,1]}',
    '{"a":[1 2]}',
    '{"a":[1}}',
    '{"a":{]}',
    '{"a":"\n"}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"',
    '{"a":"\\',
    '{"a":/**/1}',
    '{"a":1;}',
    '{"a" 1}',
    '\ufeff{}',
  ]) {
    assert.equal(code(text), 'invalid_json', text);
    assert.equal(parses(Buffer.from(text)), false, text);
  }
  assert.throws(() => scanJson(Buffer.from('{"a":tru}')), /at byte 5/);
  assert.equal(codeOf(Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])), 'invalid_json');
});

test('nesting and the number of keys are bounded', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  assert.equal(code(nested(63)), 'accepted');
  assert.equal(code(nested(64)), 'invalid_json');
  assert.equal(code(nested(200_000)), 'invalid_json');
  const wide = (keys: number) => `{${Array.from({ length: keys }, (_, index) => `"k${index}":1`).join(',')}}`;
  assert.equal(code(wide(128)), 'accepted');
  assert.equal(code(wide(129)), 'invalid_json');
});

test('the scan accepts what JSON.parse accepts and nothing else, over thousands of damaged bodies of every length and alignment', () => {
  const roll = dice(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(roll() * from.length)] as T;
  const word = (): string =>
    Array.from({ length: Math.floor(roll() * 12) }, () => pick([...'abc"\\/\n\té€😀 {}[]:,\u0000\u001f'])).join('');
  const value = (depth: number): unknown =>
    depth === 0 || roll() < 0.5
      ? pick([word(), word().repeat(40), roll() * 1e6, -1, 0, 1e-9, true, false, null])
      : roll() < 0.5
        ? Array.from({ length: Math.floor(roll() * 4) }, () => value(depth - 1))
        : Object.fromEntries(Array.from({ length: Math.floor(roll() * 4) }, (_, index) => [word() + index, value(depth - 1)]));
  const noise = [...Buffer.from('"\\{}[]:,0123456789.eE+-tfnu \n\t\x00\x1f'), 0xc3, 0x80, 0xff];
  let accepted = 0;
  for (let round = 0; round < 6000; round += 1) {
    const body = Object.fromEntries(
      Array.from({ length: 1 + Math.floor(roll() * 6) }, (_, index) => [`${index}${word()}`, value(3)]),
    );
    const padding = round % 3 === 0 ? 'x'.repeat(2048 + Math.floor(roll() * 9)) : '';
    const text = Buffer.from(`${' '.repeat(round % 5)}${JSON.stringify({ ...body, padding }, null, round % 4 === 0 ? 1 : 0)}`);
    const store = Buffer.alloc(text.length + 8);
    const bytes = store.subarray(round % 8, (round % 8) + text.length);
    text.copy(bytes);
    assert.equal(codeOf(bytes), 'accepted', bytes.toString());
    for (let hit = Math.floor(roll() * 3); hit >= 0; hit -= 1) bytes[Math.floor(roll() * bytes.length)] = pick(noise);
    const verdict = codeOf(bytes);
    accepted += verdict === 'accepted' ? 1 : 0;
    if (verdict !== 'duplicate_key') assert.equal(verdict === 'accepted', parses(bytes), bytes.toString());
  }
  assert.ok(accepted > 500, `the damage leaves enough valid bodies (${accepted})`);
});

test('a control character, quote or escape is seen at every offset of a long string', () => {
  for (let shift = 0; shift < 4; shift += 1) {
    for (let at = 0; at < 24; at += 1) {
      for (const [char, expected] of [
        ['\u001f', 'invalid_json'],
        ['\u0000', 'invalid_json'],
        ['"', 'invalid_json'],
        ['\\n', 'accepted'],
        ['\u0080', 'accepted'],
        ['!', 'accepted'],
        [' ', 'accepted'],
      ] as const) {
        const text = Buffer.from(`{"k":"${'y'.repeat(at)}${char}${'y'.repeat(2100)}"}`);
        const bytes = Buffer.alloc(text.length + 4).subarray(shift, shift + text.length);
        text.copy(bytes);
        assert.equal(codeOf(bytes), expected, `${JSON.stringify(char)} at ${at} shift ${shift}`);
      }
    }
  }
});
