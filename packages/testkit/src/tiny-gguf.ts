import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { type GgufEntry, type GgufTensor, ggufBytes } from './gguf-bytes.ts';
import { bytePairs, sentencePieces, type TinyTokenizer, wordPieces } from './tiny-tokenizer.ts';

export interface TinyGgufOptions {
  /** `llama` generates, `bert` embeds. Default `llama`. */
  arch?: 'llama' | 'bert';
  name?: string;
  license?: string;
  /** Tokens. Default 2048 for llama, 512 for bert (which pays for it in bytes). */
  contextLength?: number;
  /** Default 64; a multiple of 32 × `heads` ÷ 4 keeps every weight type usable. */
  embeddingLength?: number;
  blocks?: number;
  heads?: number;
  kvHeads?: number;
  feedForwardLength?: number;
  /** Default 512; at least 261, so that every byte has a token. */
  vocabularySize?: number;
  /** Of a llama; a bert always has word pieces. Default `spm`. */
  tokenizer?: 'spm' | 'bpe';
  weights?: 'f32' | 'f16' | 'q8_0';
  pooling?: 'none' | 'mean' | 'cls' | 'last' | 'rank';
  /** A known one, Jinja text, or none. Default `chatml` for llama, `none` for bert. */
  template?: 'chatml' | 'llama' | 'none' | { jinja: string };
  /** Other seed, other weights and other hash. The same options give the same bytes. Default 1. */
  seed?: number;
  /** Makes it a file that must be refused. */
  damage?: TinyGgufDamage;
  /** More header entries, or other values for those that are there (same key). */
  entries?: GgufEntry[];
}

export type TinyGgufDamage =
  | 'empty'
  | 'not_gguf'
  | 'bad_version'
  | 'cut_header'
  | 'cut_weights'
  | 'huge_tensor_count'
  | 'huge_string'
  | 'zero_heads'
  | 'unknown_architecture';

export interface TinyGguf {
  path: string;
  sizeBytes: number;
  sha256: string;
}

/** Writes a model with random weights of some hundred kilobytes that node-llama-cpp loads in a third of a second. */
export async function writeTinyGguf(path: string, options: TinyGgufOptions = {}): Promise<TinyGguf> {
  const bytes = tinyGguf(options);
  await writeFile(path, bytes);
  return { path, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The bytes of such a model. */
export function tinyGguf(options: TinyGgufOptions = {}): Buffer {
  const shape = shapeOf(options);
  const bytes = ggufBytes(overridden(metadata(shape), options.entries ?? []), tensors(shape));
  return damaged(bytes, options.damage);
}

type Shape = ReturnType<typeof shapeOf>;

function shapeOf(options: TinyGgufOptions) {
  const arch = options.arch ?? 'llama';
  const heads = options.damage === 'zero_heads' ? 0 : (options.heads ?? 4);
  const size = options.vocabularySize ?? 512;
  const embedding = options.embeddingLength ?? 64;
  const kvHeads = options.kvHeads ?? heads;
  return {
    arch,
    writtenArch: options.damage === 'unknown_architecture' ? 'no-such-arch' : arch,
    name: options.name ?? `tiny-random-${arch}`,
    license: options.license,
    context: options.contextLength ?? (arch === 'llama' ? 2048 : 512),
    embedding,
    blocks: options.blocks ?? 2,
    heads,
    kvHeads,
    keyLength: embedding / (heads || 1),
    feedForward: options.feedForwardLength ?? 128,
    weights: options.weights ?? 'f32',
    pooling: options.pooling ?? (arch === 'bert' ? 'mean' : undefined),
    template: options.template ?? (arch === 'llama' ? 'chatml' : 'none'),
    tokenizer: arch === 'bert' ? wordPieces(size) : options.tokenizer === 'bpe' ? bytePairs(size) : sentencePieces(size),
    random: randomOf(options.seed ?? 1),
  };
}

const weightTypes = { f32: 0, f16: 1, q8_0: 8 } as const;
const fileTypes = { f32: 0, f16: 1, q8_0: 7 } as const;
const poolings = { none: 0, mean: 1, cls: 2, last: 3, rank: 4 } as const;

/** Jinja texts that fit the tiny vocabularies. */
export const tinyTemplates = {
  chatml:
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
  llama:
    "{% for message in messages %}{% if message['role'] == 'assistant' %}{{ message['content'] + eos_token }}{% else %}{{ bos_token + '[INST] ' + message['content'] + ' [/INST]' }}{% endif %}{% endfor %}",
} as const;

function metadata(shape: Shape): GgufEntry[] {
  const arch = shape.writtenArch;
  const u32 = (key: string, value: number): GgufEntry => ({ key, type: 'u32', value });
  const f32 = (key: string, value: number): GgufEntry => ({ key, type: 'f32', value });
  const text = (key: string, value: string): GgufEntry => ({ key, type: 'string', value });
  const flag = (key: string, value: boolean): GgufEntry => ({ key, type: 'bool', value });
  return [
    text('general.architecture', arch),
    text('general.type', 'model'),
    text('general.name', shape.name),
    ...(shape.license === undefined ? [] : [text('general.license', shape.license)]),
    u32('general.file_type', fileTypes[shape.weights]),
    u32('general.alignment', 32),
    u32(`${arch}.context_length`, shape.context),
    u32(`${arch}.embedding_length`, shape.embedding),
    u32(`${arch}.block_count`, shape.blocks),
    u32(`${arch}.feed_forward_length`, shape.feedForward),
    u32(`${arch}.attention.head_count`, shape.heads),
    u32(`${arch}.attention.head_count_kv`, shape.kvHeads),
    ...(shape.arch === 'llama'
      ? [
          f32(`${arch}.attention.layer_norm_rms_epsilon`, 1e-5),
          u32(`${arch}.rope.dimension_count`, shape.keyLength),
          f32(`${arch}.rope.freq_base`, 10_000),
          u32(`${arch}.vocab_size`, shape.tokenizer.tokens.length),
        ]
      : [f32(`${arch}.attention.layer_norm_epsilon`, 1e-12), flag(`${arch}.attention.causal`, false)]),
    ...(shape.pooling === undefined ? [] : [u32(`${arch}.pooling_type`, poolings[shape.pooling])]),
    ...tokenizerMetadata(shape.tokenizer),
    ...(shape.template === 'none'
      ? []
      : [
          text(
            'tokenizer.chat_template',
            typeof shape.template === 'object' ? shape.template.jinja : tinyTemplates[shape.template],
          ),
        ]),
  ];
}

function tokenizerMetadata({ model, tokens, scores, types, merges, specials }: TinyTokenizer): GgufEntry[] {
  const key = (name: string): string => `tokenizer.ggml.${name}`;
  return [
    { key: key('model'), type: 'string', value: model },
    ...(model === 'gpt2' ? [{ key: key('pre'), type: 'string', value: 'gpt-2' } as const] : []),
    { key: key('tokens'), of: 'string', values: tokens },
    ...(model === 'gpt2' ? [] : [{ key: key('scores'), of: 'f32', values: scores } as const]),
    { key: key('token_type'), of: 'i32', values: types },
    ...(model === 'gpt2' ? [{ key: key('merges'), of: 'string', values: merges } as const] : []),
    ...(model === 'bert' ? [{ key: key('token_type_count'), type: 'u32', value: 2 } as const] : []),
    ...Object.entries(specials).map(([name, id]) => ({ key: key(`${name}_token_id`), type: 'u32', value: id }) as const),
    ...(model === 'bert' ? [] : [{ key: key('add_bos_token'), type: 'bool', value: model === 'llama' } as const]),
    ...(model === 'llama' ? [{ key: key('add_space_prefix'), type: 'bool', value: false } as const] : []),
  ];
}

function overridden(entries: GgufEntry[], changes: GgufEntry[]): GgufEntry[] {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  for (const change of changes) byKey.set(change.key, change);
  return [...byKey.values()];
}

function tensors(shape: Shape): GgufTensor[] {
  const { embedding: e, feedForward: ff, random } = shape;
  const vocabulary = shape.tokenizer.tokens.length;
  const kv = shape.keyLength * shape.kvHeads;
  const list: GgufTensor[] = [];
  const weight = (name: string, columns: number, rows: number, as: keyof typeof weightTypes = shape.weights): void => {
    // Quantised blocks are 32 wide; narrower rows fall back, as real converters do.
    const type = as === 'q8_0' && columns % 32 !== 0 ? 'f16' : as;
    // Token vectors at full scale, everything else kept at unit variance, so that activations neither die nor explode.
    const amplitude = name === 'token_embd.weight' ? Math.sqrt(3) : Math.sqrt(3 / columns);
    list.push({
      name,
      dims: [columns, rows],
      type: weightTypes[type],
      data: randomWeights(type, columns * rows, amplitude, random),
    });
  };
  const constant = (name: string, length: number, value: 0 | 1): void => {
    list.push({ name, dims: [length], type: weightTypes.f32, data: Buffer.from(new Float32Array(length).fill(value).buffer) });
  };
  const norm = (name: string): void => {
    constant(`${name}.weight`, e, 1);
    if (shape.arch === 'bert') constant(`${name}.bias`, e, 0);
  };
  weight('token_embd.weight', e, vocabulary);
  if (shape.arch === 'llama') {
    norm('output_norm');
    weight('output.weight', e, vocabulary);
  } else {
    weight('position_embd.weight', e, shape.context, 'f32');
    weight('token_types.weight', e, 2, 'f32');
    norm('token_embd_norm');
  }
  for (let block = 0; block < shape.blocks; block++) {
    const at = (name: string): string => `blk.${block}.${name}`;
    const linear = (name: string, columns: number, rows: number): void => {
      weight(`${at(name)}.weight`, columns, rows);
      if (shape.arch === 'bert') constant(`${at(name)}.bias`, rows, 0);
    };
    if (shape.arch === 'llama') norm(at('attn_norm'));
    linear('attn_q', e, e);
    linear('attn_k', e, kv);
    linear('attn_v', e, kv);
    linear('attn_output', e, e);
    norm(at(shape.arch === 'llama' ? 'ffn_norm' : 'attn_output_norm'));
    if (shape.arch === 'llama') linear('ffn_gate', e, ff);
    linear('ffn_up', e, ff);
    linear('ffn_down', ff, e);
    if (shape.arch === 'bert') norm(at('layer_output_norm'));
  }
  return list.filter((tensor) => tensor.data.length > 0);
}

function randomWeights(type: keyof typeof weightTypes, count: number, amplitude: number, random: () => number): Buffer {
  const values = Float32Array.from({ length: count }, () => (random() * 2 - 1) * amplitude);
  if (type === 'f32') return Buffer.from(values.buffer);
  if (type === 'f16') return Buffer.from(new Float16Array(values).buffer);
  return quantized(values, amplitude / 127);
}

/** Blocks of 32: a half-precision scale, then 32 signed bytes. */
function quantized(values: Float32Array, scale: number): Buffer {
  const [scaleBits = 0] = new Uint16Array(new Float16Array([scale]).buffer);
  const bytes = Buffer.alloc((values.length / 32) * 34);
  values.forEach((value, index) => {
    const block = Math.floor(index / 32) * 34;
    if (index % 32 === 0) bytes.writeUInt16LE(scaleBits, block);
    bytes.writeInt8(Math.round(value / scale), block + 2 + (index % 32));
  });
  return bytes;
}

function damaged(bytes: Buffer, damage: TinyGgufDamage | undefined): Buffer {
  if (damage === 'empty') return Buffer.alloc(0);
  if (damage === 'not_gguf') return Buffer.concat([Buffer.from('<!doctype html>'), bytes.subarray(15)]);
  if (damage === 'cut_header') return bytes.subarray(0, 300);
  if (damage === 'cut_weights') return bytes.subarray(0, Math.floor(bytes.length / 2));
  if (damage === 'bad_version') bytes.writeUInt32LE(77, 4);
  if (damage === 'huge_tensor_count') bytes.writeBigUInt64LE(2n ** 62n, 8);
  if (damage === 'huge_string') bytes.writeBigUInt64LE(2n ** 63n + 5n, 24);
  return bytes;
}

/** Numbers in [0, 1) that depend on the seed alone (a 32-bit xorshift). */
function randomOf(seed: number): () => number {
  let state = (seed >>> 0) ^ 0x9e3779b9 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
