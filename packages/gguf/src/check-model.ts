import { arrayOf, type GgufMetadata, largest, numberOf, type PerBlock, textOf } from './metadata.ts';
import type { GgufArray, GgufHeader } from './read-header.ts';
import { shown, unusable } from './refusals.ts';

/** Sizes of native tables; beyond them native code stops the process instead of answering. */
const maxBlocks = 512;
const maxExperts = 512;
const maxHeads = 65_536;
const maxEmbedding = 1024 * 1024;
const maxContext = 2 ** 31 - 1;

/** State-space and recurrent models have no attention; their converters write 0 heads. */
const withoutAttention = new Set(['mamba', 'mamba2', 'rwkv6', 'rwkv6qwen2', 'rwkv7', 'arwkv7']);
/** "None", written by some converters where a token id is expected. */
const noToken = new Set([-1, 0xffff_ffff]);

/** Refuses the numbers that native code divides by, indexes with or asserts on, and files that are no model at all. */
export function checkModel(meta: GgufMetadata, header: GgufHeader): void {
  checkKind(meta);
  checkShape(meta, header);
  checkHeads(meta);
  checkExperts(meta);
  checkTokenizer(meta, header);
}

function checkKind(meta: GgufMetadata): void {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(meta.architecture))
    throw unusable(`its architecture ${shown(meta.architecture)} is not a name`);
  if (meta.type === 'adapter')
    throw unusable('it is an adapter (LoRA), which works only on top of a model', 'Choose the model itself.');
  if (meta.type === 'mmproj' || meta.architecture === 'clip')
    throw unusable('it is the image part of a model', 'Choose the language model file beside it.');
  if (meta.type === 'vocab') throw unusable('it holds a vocabulary without weights', 'Choose the model itself.');
  if (meta.type === 'imatrix') throw unusable('it is calibration data of a quantization', 'Choose the model itself.');
  if (meta.splitCount > 1)
    throw unusable(
      `it is one of ${meta.splitCount} parts`,
      'Choose a model in one file, or join the parts first (llama-gguf-split --merge).',
    );
}

function checkShape(meta: GgufMetadata, { entries, tensors }: GgufHeader): void {
  const within = (key: string, value: number, max: number): void => {
    const full = `${meta.architecture}.${key}`;
    if (!entries.has(full)) throw unusable(`the entry ${full} is missing`);
    if (!Number.isInteger(value) || value < 1 || value > max) throw unusable(`${full} is not a whole number from 1 to ${max}`);
  };
  within('block_count', meta.blockCount, maxBlocks);
  within('embedding_length', meta.embeddingLength, maxEmbedding);
  within('context_length', meta.contextLength, maxContext);
  checkCounts(`${meta.architecture}.feed_forward_length`, meta.feedForwardLength, meta.blockCount, 2 ** 31 - 1);
  const embeddings = tensors.find(({ name }) => name === 'token_embd.weight');
  if (embeddings === undefined) throw unusable('it has no token embeddings (token_embd.weight)');
  if (embeddings.dims[0] !== meta.embeddingLength)
    throw unusable(`its token embeddings are ${embeddings.dims[0]} wide instead of ${meta.embeddingLength}`);
}

function checkHeads(meta: GgufMetadata): void {
  const { architecture, headCount, headCountKv, blockCount } = meta;
  if (withoutAttention.has(architecture)) return;
  const heads = `${architecture}.attention.head_count`;
  checkCounts(heads, headCount, blockCount, maxHeads);
  checkCounts(`${heads}_kv`, headCountKv, blockCount, maxHeads);
  // In a list, 0 marks a block without attention; as the only number it divides by zero in native code.
  if (largest(headCount) === 0) throw unusable(`${heads} is missing or 0`);
  if (largest(headCountKv) === 0) throw unusable(`${heads}_kv is 0`);
  for (let block = 0; block < blockCount; block++) {
    const [own, shared] = [at(headCount, block), at(headCountKv, block)];
    if (own > 0 && shared > 0 && own % shared !== 0)
      throw unusable(`its ${own} attention heads can't share ${shared} key-value heads`);
  }
  for (const [key, length] of [
    ['key_length', meta.keyLength],
    ['value_length', meta.valueLength],
  ] as const)
    if (!Number.isInteger(length) || length < 1 || length > maxEmbedding)
      throw unusable(`${architecture}.attention.${key} is not a believable size`);
}

function checkCounts(key: string, value: PerBlock, blockCount: number, max: number): void {
  if (typeof value !== 'number' && value.length < blockCount)
    throw unusable(`${key} has ${value.length} values for ${blockCount} blocks`);
  const values = typeof value === 'number' ? [value] : value;
  if (!values.every((count) => Number.isInteger(count) && count >= 0 && count <= max))
    throw unusable(`${key} holds something else than a count`);
}

const at = (value: PerBlock, block: number): number => (typeof value === 'number' ? value : (value[block] ?? 0));

function checkExperts({ architecture, expertCount, expertUsedCount }: GgufMetadata): void {
  checkCounts(`${architecture}.expert_count`, expertCount, 1, maxExperts);
  checkCounts(`${architecture}.expert_used_count`, expertUsedCount, 1, maxExperts);
  if (expertUsedCount > expertCount) throw unusable(`it uses ${expertUsedCount} experts of ${expertCount}`);
  if (expertCount > 0 && expertUsedCount === 0) throw unusable(`${architecture}.expert_used_count is missing or 0`);
}

function checkTokenizer(meta: GgufMetadata, { entries, tensors }: GgufHeader): void {
  const entry = (key: string): ReturnType<typeof entries.get> => entries.get(`tokenizer.ggml.${key}`);
  if (textOf(entry('model')) === undefined) throw unusable('it does not say its tokenizer (tokenizer.ggml.model)');
  const tokens = arrayOf(entry('tokens'));
  if (tokens === undefined || tokens.of !== 'string' || tokens.length === 0)
    throw unusable('it has no vocabulary (tokenizer.ggml.tokens)');
  // Native code reads these lists as far as the vocabulary is long, whatever their own length or type.
  checkBeside('scores', entry('scores'), tokens, 6);
  checkBeside('token_type', entry('token_type'), tokens, 5, 4);
  const merges = entry('merges');
  if (merges !== undefined && arrayOf(merges)?.of !== 'string') throw unusable('tokenizer.ggml.merges is not a list of texts');
  const rows = tensors.find(({ name }) => name === 'token_embd.weight')?.dims[1];
  if (rows !== undefined && rows !== tokens.length) throw unusable(`it has ${tokens.length} tokens but embeddings for ${rows}`);
  for (const [key, value] of entries) {
    if (!/^tokenizer\.ggml\.\w+_token_id$/.test(key)) continue;
    const id = numberOf(value);
    if (id === undefined || !Number.isInteger(id) || (!noToken.has(id) && (id < 0 || id >= meta.vocabularySize)))
      throw unusable(`${key} is ${String(id)}, and the vocabulary ends at ${meta.vocabularySize - 1}`);
  }
}

function checkBeside(name: string, value: unknown, tokens: GgufArray, ...elementTypes: number[]): void {
  if (value === undefined) return;
  const list = value as GgufArray;
  if (typeof value !== 'object' || !elementTypes.includes(list.elementType))
    throw unusable(`tokenizer.ggml.${name} is not a list of the expected kind`);
  if (list.length !== tokens.length)
    throw unusable(`tokenizer.ggml.${name} has ${list.length} entries for ${tokens.length} tokens`);
}
