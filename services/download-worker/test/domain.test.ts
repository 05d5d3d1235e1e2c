import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@sangha/errors';
import { afterFailure } from '../src/domain/after-failure.ts';
import { chooseFile, quantizationOf } from '../src/domain/choose-file.ts';
import { isFileName, parseRepo, parseRevision, repoText } from '../src/domain/file-reference.ts';
import { hubTarget } from '../src/domain/hub-target.ts';
import { isPublicAddress } from '../src/hub/address-policy.ts';

const file = (name: string) => ({ name, sizeBytes: 1, sha256: undefined });
const files = [
  'README.md',
  'm-Q4_K_M.gguf',
  'm-Q8_0.gguf',
  'mmproj-m-F16.gguf',
  'big/m-BF16-00001-of-00002.gguf',
  'big/m-BF16-00002-of-00002.gguf',
].map(file);

test('a quantization is read from names as people write them', () => {
  const names: [string, string | undefined][] = [
    ['gemma-3-270m-q4_k_m.gguf', 'Q4_K_M'],
    ['Qwen3-0.6B-Q8_0.gguf', 'Q8_0'],
    ['model.IQ2_XXS.gguf', 'IQ2_XXS'],
    ['sub/model-UD-Q4_K_XL.gguf', 'UD-Q4_K_XL'],
    ['gpt-oss-20b-MXFP4.gguf', 'MXFP4'],
    ['model-f16.gguf', 'F16'],
    ['tiny.gguf', undefined],
    ['Q-learning.gguf', undefined],
  ];
  for (const [name, quantization] of names) assert.equal(quantizationOf(name), quantization, name);
});

test('a file is chosen by name, by base name and by quantization in any case', () => {
  assert.equal(chooseFile('m-Q8_0.gguf', files, 'a/b').name, 'm-Q8_0.gguf');
  assert.equal(chooseFile('q4_k_m', files, 'a/b').name, 'm-Q4_K_M.gguf');
  assert.equal(chooseFile('Q4_K_M.gguf', files, 'a/b').name, 'm-Q4_K_M.gguf');
  assert.equal(chooseFile('x.gguf', [file('sub/x.gguf'), file('y.gguf')], 'a/b').name, 'sub/x.gguf');
  assert.equal(chooseFile('', [file('only.gguf'), file('mmproj.gguf'), file('a.txt')], 'a/b').name, 'only.gguf');
});

test('what cannot be used is refused with what could be', () => {
  assert.throws(() => chooseFile('', files, 'a/b'), { code: 'file_ambiguous' });
  assert.throws(() => chooseFile('Q2_K', files, 'a/b'), { code: 'hub_not_found', message: /m-Q4_K_M\.gguf, m-Q8_0\.gguf/ });
  assert.throws(() => chooseFile('BF16', files, 'a/b'), { code: 'model_unusable', message: /split into parts/ });
  assert.throws(() => chooseFile('README.md', files, 'a/b'), { code: 'not_a_gguf' });
  assert.throws(() => chooseFile('', [file('README.md')], 'a/b'), { code: 'hub_not_found', message: /no GGUF files/ });
  assert.throws(() => chooseFile('../../x.gguf', [file('a.gguf')], 'a/b'), { code: 'hub_not_found' });
});

test("a hub's own file names are never taken for paths", () => {
  for (const name of ['', '/a.gguf', '../a.gguf', 'a/../b.gguf', 'a//b', 'a\\b', 'a\nb', './a', 'x'.repeat(256)])
    assert.equal(isFileName(name), false, JSON.stringify(name));
  for (const name of ['a.gguf', 'sub/a b (1).gguf', 'ünï.gguf', '..a']) assert.equal(isFileName(name), true, name);
});

test('a repository has one spelling, also as an address of the same hub', () => {
  const hub = 'https://hub.example.com';
  assert.equal(repoText(parseRepo('owner/name.v1-GGUF', hub)), 'owner/name.v1-GGUF');
  assert.equal(repoText(parseRepo('https://hub.example.com/owner/name/', hub)), 'owner/name');
  assert.equal(repoText(parseRepo('https://other.example.com/owner/name', hub)), 'https://other.example.com/owner/name');
  for (const text of [
    '',
    'name',
    'a/b/c',
    '-a/b',
    'a/b-',
    'a/.b',
    'a/b--c',
    'a/b..c',
    'a b/c',
    'a/b?x',
    'a/b#c',
    `a/${'b'.repeat(97)}`,
    'https://',
    'https://h/a',
    'ftp://h/a/b',
    `https://h/${'a'.repeat(250)}/b`,
  ])
    assert.throws(() => parseRepo(text, hub), { code: 'invalid_value' }, text);
});

test('a revision is a name, never a path', () => {
  assert.equal(parseRevision(''), 'main');
  for (const text of ['main', 'v1.0', 'refs/pr/3', 'c0ffee']) assert.equal(parseRevision(text), text);
  for (const text of ['..', 'a/../b', '/main', 'a//b', 'a b', 'a%2e', 'x'.repeat(101)])
    assert.throws(() => parseRevision(text), { code: 'invalid_value' }, text);
});

test('the token goes to the platform’s hub only, and other hubs must be named', () => {
  const settings = { token: 'hf_x', allowedHubs: ['https://other.example.com/'] };
  assert.deepEqual(hubTarget('a/b', 'https://hub.example.com', settings), {
    endpoint: 'https://hub.example.com',
    token: 'hf_x',
    repo: 'a/b',
  });
  assert.deepEqual(hubTarget('https://other.example.com/a/b', 'https://hub.example.com', settings), {
    endpoint: 'https://other.example.com',
    token: undefined,
    repo: 'a/b',
  });
  for (const origin of ['https://third.example.com', 'http://other.example.com', 'https://other.example.com:8443'])
    assert.throws(() => hubTarget(`${origin}/a/b`, 'https://hub.example.com', settings), { code: 'hub_not_allowed' }, origin);
});

test('failures wait, begin anew or rest, each within its bound', () => {
  const patience = { waits: 2, longestWaitMs: 60_000, defaultWaitMs: 5000 };
  const limited = (retryAfterSecs?: number) =>
    new AppError('hub_rate_limited', 'x', retryAfterSecs === undefined ? {} : { retryAfterSecs });
  const none = { waits: 0, refetches: 0 };
  const summary = (thrown: unknown, past = none) => {
    const { kind, error, ...rest } = afterFailure(thrown, past, patience);
    return [kind, error.code, 'waitMs' in rest ? rest.waitMs : undefined];
  };
  assert.deepEqual(summary(limited(30)), ['requeue', 'hub_rate_limited', 30_000]);
  assert.deepEqual(summary(limited()), ['requeue', 'hub_rate_limited', 5000]);
  assert.deepEqual(summary(limited(61)), ['fail', 'hub_rate_limited', undefined]);
  assert.deepEqual(summary(limited(1), { waits: 2, refetches: 0 }), ['fail', 'hub_rate_limited', undefined]);
  assert.deepEqual(summary(new AppError('hash_mismatch', 'x')), ['requeue', 'hash_mismatch', 0]);
  assert.deepEqual(summary(new AppError('hash_mismatch', 'x'), { waits: 0, refetches: 1 }), ['fail', 'hash_mismatch', undefined]);
  assert.deepEqual(summary(new AppError('hub_unreachable', 'x')), ['requeue', 'hub_unreachable', 5000]);
  assert.deepEqual(summary(new AppError('unavailable', 'x')), ['requeue', 'unavailable', 5000]);
  assert.deepEqual(summary(new AppError('hub_unreachable', 'x'), { waits: 2, refetches: 0 }), [
    'fail',
    'hub_unreachable',
    undefined,
  ]);
  assert.deepEqual(summary(new AppError('hub_gated', 'x')), ['fail', 'hub_gated', undefined]);
  assert.deepEqual(summary(new TypeError('a bug')), ['fail', 'internal', undefined]);
});

test('only addresses of the open internet count as public', () => {
  const inside = [
    '127.0.0.1',
    '127.255.0.9',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ];
  const inside6 = [
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '2001:db8::1',
    '2001:0:1::1',
    '2002:7f00:1::1',
    'fec0::1',
  ];
  for (const address of [...inside, ...inside6, 'localhost', '', '0x7f.1', '2130706433'])
    assert.equal(isPublicAddress(address), false, address);
  for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '223.255.255.254', '2606:4700::1111', '2a00:1450::1'])
    assert.equal(isPublicAddress(address), true, address);
});
