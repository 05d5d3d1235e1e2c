import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findConnection } from '../src/api-client.ts';
import { parseModel } from '../src/commands/pull.ts';
import { grantsFor } from '../src/commands/tokens.ts';
import { writePrivateFile } from '../src/write-file.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

test('a model to pull is named by its repository, and by a quantization or a file if one likes', () => {
  for (const [text, repo, filename] of [
    ['Qwen/Qwen3-0.6B-GGUF', 'Qwen/Qwen3-0.6B-GGUF', ''],
    ['Qwen/Qwen3-0.6B-GGUF:Q8_0', 'Qwen/Qwen3-0.6B-GGUF', 'Q8_0'],
    ['Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf', 'Qwen/Qwen3-0.6B-GGUF', 'Qwen3-0.6B-Q8_0.gguf'],
    ['acme/big/parts/one.gguf', 'acme/big', 'parts/one.gguf'],
  ] as const)
    assert.deepEqual(parseModel(text), { repo, filename }, text);
});

test('what names no model is refused with the three ways to write one', () => {
  for (const text of ['', 'qwen', 'a/', '/a', 'a/b c', 'a b/c', 'a/b:', 'a/b/'])
    assert.throws(() => parseModel(text), { code: 'invalid_value', message: /OWNER\/REPO:QUANTIZATION/ }, text);
});

test('a token is for all models, or for those that are named and no other', () => {
  assert.deepEqual(grantsFor('all'), {
    version: '1',
    models_list: true,
    models: { type: 'all' },
    toolsets_list: false,
    toolsets: { type: 'specific', ids: [] },
  });
  for (const [text, ids] of [
    ['one', ['one']],
    [' one, two ,', ['one', 'two']],
    ['', []],
    [',', []],
    ['all,one', ['all', 'one']],
    ['ALL', ['ALL']],
  ] as const)
    assert.deepEqual((grantsFor(text) as { models: object }).models, { type: 'specific', ids }, text);
});

test('a command finds its node by what it is told, then the environment, then what the first start wrote', (t) => {
  const home = temporaryFolder(t);
  assert.throws(() => findConnection(home, {}, {}), { code: 'credential_missing', message: /npm start/ });
  writePrivateFile(`${home}/first-run.json`, JSON.stringify({ url: 'http://kept', api_token: 'kept' }));
  const env = { SANGHA_URL: 'http://env', SANGHA_TOKEN: 'env' };
  assert.deepEqual(findConnection(home, {}, {}), { url: 'http://kept', token: 'kept' });
  assert.deepEqual(findConnection(home, {}, { SANGHA_TOKEN: 'env' }), { url: 'http://kept', token: 'env' });
  assert.deepEqual(findConnection(home, { token: 'told' }, env), { url: 'http://env', token: 'told' });
  assert.deepEqual(findConnection(home, { url: 'http://told', token: 'told' }, env), { url: 'http://told', token: 'told' });
});
