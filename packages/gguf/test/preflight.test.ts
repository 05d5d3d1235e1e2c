import assert from 'node:assert/strict';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError } from '@sangha/errors';
import { type GgufEntry, ggufBytes } from '@sangha/testkit/gguf-bytes';
import { type TinyGgufDamage, tinyGguf, writeTinyGguf } from '@sangha/testkit/tiny-gguf';
import { preflight, readGguf } from '../src/index.ts';

const u32 = (key: string, value: number): GgufEntry => ({ key, type: 'u32', value });
const text = (key: string, value: string): GgufEntry => ({ key, type: 'string', value });

async function refusal(bytes: Uint8Array): Promise<{ code: string; message: string }> {
  const error = await preflight(bytes).then(
    () => assert.fail('the file was accepted'),
    (thrown: unknown) => thrown,
  );
  assert.ok(isAppError(error), String(error));
  return error;
}

test('a sound model passes and says what it is, from a path, an open file and bytes alike', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gguf-'));
  t.after(() => rm(folder, { recursive: true }));
  const { path, sizeBytes } = await writeTinyGguf(join(folder, 'tiny.gguf'), {
    license: 'apache-2.0',
    contextLength: 1024,
    kvHeads: 2,
  });
  await using handle = await open(path);
  const meta = await preflight(path);
  assert.deepEqual(await preflight(handle), meta);
  assert.deepEqual(await preflight(tinyGguf({ license: 'apache-2.0', contextLength: 1024, kvHeads: 2 })), meta);
  assert.equal(meta.sizeBytes, sizeBytes);
  assert.equal(meta.architecture, 'llama');
  assert.equal(meta.contextLength, 1024);
  assert.equal(meta.vocabularySize, 512);
  assert.equal(meta.quantization, 'F32');
  assert.equal(meta.license.id, 'apache-2.0');
  assert.equal(meta.parameters * 4, meta.weightsBytes);
  assert.deepEqual(meta.capabilities, ['chat']);
  assert.deepEqual([meta.tokenizer.bosId, meta.tokenizer.eosId], [1, 2]);
  // 2 blocks × 2 heads × (16 + 16) elements × 2 bytes
  assert.equal(meta.kvBytesPerToken, 256);
});

test('an embedding model is told from a chat model', async () => {
  const meta = await preflight(tinyGguf({ arch: 'bert', weights: 'q8_0' }));
  assert.deepEqual(meta.capabilities, ['embeddings']);
  assert.equal(meta.pooling, 'mean');
  assert.equal(meta.quantization, 'Q8_0');
  assert.deepEqual((await preflight(tinyGguf({ pooling: 'last' }))).capabilities, ['embeddings']);
  assert.deepEqual((await preflight(tinyGguf({ pooling: 'rank' }))).capabilities, []);
});

test('capabilities follow what the template can render', async () => {
  const jinja = '{% if tools %}{{ tools }}{% endif %}<think>{{ messages }}';
  assert.deepEqual((await preflight(tinyGguf({ template: { jinja } }))).capabilities, ['chat', 'tool_use', 'reasoning']);
  assert.deepEqual((await preflight(tinyGguf({ template: 'none' }))).capabilities, []);
});

test('full precision over quantized weights is not believed', async () => {
  assert.equal((await readGguf(tinyGguf({ weights: 'q8_0', entries: [u32('general.file_type', 1)] }))).quantization, 'Q8_0');
  assert.equal(
    (await readGguf(tinyGguf({ weights: 'q8_0', entries: [u32('general.file_type', 1024 + 15)] }))).quantization,
    'Q4_K_M',
  );
});

const damages: [TinyGgufDamage, string, RegExp][] = [
  ['empty', 'not_a_gguf', /empty/],
  ['not_gguf', 'not_a_gguf', /web page/],
  ['bad_version', 'model_unusable', /version is 77/],
  ['cut_header', 'model_unusable', /more than fit/],
  ['cut_weights', 'model_unusable', /cut off/],
  ['huge_tensor_count', 'model_unusable', /claims 4611686018427387904 tensors/],
  ['huge_string', 'model_unusable', /claims 9223372036854775813 bytes/],
  ['zero_heads', 'model_unusable', /head_count is missing or 0/],
];
for (const [damage, code, reason] of damages)
  test(`a file that is damaged (${damage.replaceAll('_', ' ')}) is refused with the reason`, async () => {
    const error = await refusal(tinyGguf({ damage }));
    assert.equal(error.code, code);
    assert.match(error.message, reason);
    assert.match(error.message, /Download it again|download it again|Choose/);
  });

const lookalikes: [string, Uint8Array, RegExp][] = [
  ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00'), /LFS pointer/],
  ['a zip archive', Buffer.from(`PK\u0003\u0004${' '.repeat(40)}`), /zip/],
  ['safetensors', Buffer.concat([Buffer.from([64, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"a":{}}'.padEnd(64))]), /safetensors/],
  ['an older format', Buffer.from('tjgg'.padEnd(40, '\0')), /older/],
  ['three bytes', Buffer.from('GGU'), /first four bytes/],
];
for (const [what, bytes, reason] of lookalikes)
  test(`${what} is called by its name`, async () => {
    const error = await refusal(bytes);
    assert.equal(error.code, 'not_a_gguf');
    assert.match(error.message, reason);
  });

// Numbers that native code divides by, indexes with or asserts on (head_count = 0 was seen to abort the process).
const dangerous: [string, GgufEntry[], RegExp][] = [
  ['heads that key-value heads do not divide', [u32('llama.attention.head_count_kv', 3)], /can't share 3/],
  ['no key-value heads', [u32('llama.attention.head_count_kv', 0)], /head_count_kv is 0/],
  ['more blocks than native tables hold', [u32('llama.block_count', 513)], /block_count/],
  ['no blocks', [u32('llama.block_count', 0)], /block_count/],
  [
    'a list of heads shorter than the blocks',
    [{ key: 'llama.attention.head_count', of: 'u32', values: [4] }],
    /1 values for 2 blocks/,
  ],
  ['more experts used than there are', [u32('llama.expert_count', 2), u32('llama.expert_used_count', 3)], /uses 3 experts of 2/],
  ['scores shorter than the vocabulary', [{ key: 'tokenizer.ggml.scores', of: 'f32', values: [1, 2] }], /scores has 2 entries/],
  ['scores of another kind', [{ key: 'tokenizer.ggml.scores', of: 'bool', values: Array(512).fill(1) }], /scores is not a list/],
  ['token types that are no list', [u32('tokenizer.ggml.token_type', 1)], /token_type is not a list/],
  [
    'a vocabulary of another length than the embeddings',
    [{ key: 'tokenizer.ggml.tokens', of: 'string', values: ['a'] }],
    /scores has 512 entries for 1/,
  ],
  ['an end token outside the vocabulary', [u32('tokenizer.ggml.eos_token_id', 512)], /eos_token_id is 512/],
  ['an unknown special token outside the vocabulary', [u32('tokenizer.ggml.whatever_token_id', 99_999)], /99999/],
  ['an alignment that is no power of two', [u32('general.alignment', 48)], /alignment/],
  ['an alignment of zero', [u32('general.alignment', 0)], /alignment/],
  ['a context of zero', [u32('llama.context_length', 0)], /context_length/],
  ['a wrong embedding length', [u32('llama.embedding_length', 128)], /64 wide instead of 128/],
  ['an architecture that is no name', [text('general.architecture', '../llama')], /not a name/],
  ['a part of a split model', [u32('split.count', 3)], /one of 3 parts/],
  ['an adapter', [text('general.type', 'adapter')], /adapter/],
];
for (const [what, entries, reason] of dangerous)
  test(`a model with ${what} never reaches native code`, async () => {
    const error = await refusal(tinyGguf({ entries }));
    assert.equal(error.code, 'model_unusable');
    assert.match(error.message, reason);
  });

test('an end token of "none" (all bits set) is fine', async () => {
  await preflight(tinyGguf({ entries: [u32('tokenizer.ggml.eos_token_id', 0xffff_ffff)] }));
});

const weights = (sizeBytes: number): Buffer => Buffer.alloc(sizeBytes);
const layouts: [string, Uint8Array, RegExp][] = [
  ['a key twice', ggufBytes([text('general.architecture', 'llama'), text('general.architecture', 'bert')], []), /appears twice/],
  [
    'a tensor twice',
    ggufBytes(
      [text('general.architecture', 'llama')],
      [
        { name: 'a', dims: [8], type: 0, data: weights(32) },
        { name: 'a', dims: [8], type: 0, data: weights(32) },
      ],
    ),
    /"a" appears twice/,
  ],
  [
    'overlapping tensors',
    ggufBytes(
      [text('general.architecture', 'llama')],
      [
        { name: 'a', dims: [16], type: 0, data: weights(32) },
        { name: 'b', dims: [8], type: 0, data: weights(32) },
      ],
    ),
    /starts at 32 instead of 64/,
  ],
  [
    'an unknown weight type',
    ggufBytes([text('general.architecture', 'llama')], [{ name: 'a', dims: [8], type: 200, data: weights(32) }]),
    /unknown type 200/,
  ],
  [
    'rows that do not divide into blocks',
    ggufBytes([text('general.architecture', 'llama')], [{ name: 'a', dims: [40], type: 8, data: weights(64) }]),
    /blocks of 32/,
  ],
  [
    'a dimension of zero',
    ggufBytes([text('general.architecture', 'llama')], [{ name: 'a', dims: [0], type: 0, data: weights(32) }]),
    /dimension of 0/,
  ],
  [
    'five dimensions',
    ggufBytes([text('general.architecture', 'llama')], [{ name: 'a', dims: [1, 1, 1, 1, 1], type: 0, data: weights(32) }]),
    /5 dimensions/,
  ],
  [
    'a product that overflows',
    ggufBytes([text('general.architecture', 'llama')], [{ name: 'a', dims: [2 ** 33, 2 ** 33], type: 0, data: weights(32) }]),
    /elements/,
  ],
  [
    'a name too long for native code',
    ggufBytes([text('general.architecture', 'llama')], [{ name: 'a'.repeat(64), dims: [8], type: 0, data: weights(32) }]),
    /64 bytes/,
  ],
  ['no weights', ggufBytes([text('general.architecture', 'llama')], []), /no weights/],
];
for (const [what, bytes, reason] of layouts)
  test(`a file with ${what} is refused`, async () => {
    assert.match((await refusal(bytes)).message, reason);
  });

test('a long text in the file is not repeated to the reader', async () => {
  const { message } = await refusal(tinyGguf({ entries: [text('general.architecture', 'x'.repeat(5000))] }));
  assert.ok(message.length < 400, message);
});

test('what is no regular file is refused without opening it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gguf-'));
  t.after(() => rm(folder, { recursive: true }));
  await assert.rejects(preflight(folder), { code: 'not_a_gguf' });
});
