import { type GgufEntry, type GgufTensor, ggufBytes } from '@sangha/testkit/gguf-bytes';

const blocks = 6;
const f32 = 0;
const f16 = 1;

/**
 * all-MiniLM-L6-v2 (a BERT of 6 blocks) from its published form, safetensors and vocab.txt, as a GGUF file. Matrices become
 * half precision; vectors and the two small tables stay single, as usual for such files. Names of tensors and keys are
 * llama.cpp's.
 */
export function minilmGguf(safetensors: Buffer, vocabulary: string): Buffer {
  const read = openSafetensors(safetensors);
  const tokens = vocabulary.trimEnd().split('\n');
  return ggufBytes(
    [...shape, ...tokenizer(tokens)],
    [...tensorNames()].map(([to, from]) => tensor(to, read(from))),
  );
}

const shape: GgufEntry[] = [
  { key: 'general.architecture', type: 'string', value: 'bert' },
  { key: 'general.type', type: 'string', value: 'model' },
  { key: 'general.name', type: 'string', value: 'all-MiniLM-L6-v2' },
  { key: 'general.license', type: 'string', value: 'apache-2.0' },
  { key: 'general.file_type', type: 'u32', value: f16 },
  { key: 'bert.context_length', type: 'u32', value: 512 },
  { key: 'bert.embedding_length', type: 'u32', value: 384 },
  { key: 'bert.feed_forward_length', type: 'u32', value: 1536 },
  { key: 'bert.block_count', type: 'u32', value: blocks },
  { key: 'bert.attention.head_count', type: 'u32', value: 12 },
  { key: 'bert.attention.layer_norm_epsilon', type: 'f32', value: 1e-12 },
  { key: 'bert.attention.causal', type: 'bool', value: false },
  { key: 'bert.pooling_type', type: 'u32', value: 1 }, // mean
];

/** A continuation loses its `##`, every other piece gets the mark of a word's start instead. */
function tokenizer(tokens: readonly string[]): GgufEntry[] {
  const specials = { padding: '[PAD]', unknown: '[UNK]', cls: '[CLS]', seperator: '[SEP]', mask: '[MASK]' };
  const special = new Set(Object.values(specials));
  const spelled = (token: string) => (special.has(token) ? token : token.startsWith('##') ? token.slice(2) : `\u2581${token}`);
  return [
    { key: 'tokenizer.ggml.model', type: 'string', value: 'bert' },
    { key: 'tokenizer.ggml.tokens', of: 'string', values: tokens.map(spelled) },
    { key: 'tokenizer.ggml.token_type', of: 'i32', values: tokens.map((token) => (special.has(token) ? 3 : 1)) },
    { key: 'tokenizer.ggml.token_type_count', type: 'u32', value: 2 },
    ...Object.entries(specials).map(
      ([name, token]): GgufEntry => ({ key: `tokenizer.ggml.${name}_token_id`, type: 'u32', value: tokens.indexOf(token) }),
    ),
  ];
}

/** Every tensor: its name in a GGUF file, then where it comes from. The pooler is left out: means are pooled. */
function* tensorNames(): Generator<[to: string, from: string]> {
  yield ['token_embd.weight', 'embeddings.word_embeddings.weight'];
  yield ['position_embd.weight', 'embeddings.position_embeddings.weight'];
  yield ['token_types.weight', 'embeddings.token_type_embeddings.weight'];
  for (const part of ['weight', 'bias']) yield [`token_embd_norm.${part}`, `embeddings.LayerNorm.${part}`];
  for (let block = 0; block < blocks; block++) {
    for (const [to, from] of Object.entries(blockNames))
      for (const part of ['weight', 'bias']) yield [`blk.${block}.${to}.${part}`, `encoder.layer.${block}.${from}.${part}`];
  }
}

const blockNames = {
  attn_q: 'attention.self.query',
  attn_k: 'attention.self.key',
  attn_v: 'attention.self.value',
  attn_output: 'attention.output.dense',
  attn_output_norm: 'attention.output.LayerNorm',
  ffn_up: 'intermediate.dense',
  ffn_down: 'output.dense',
  layer_output_norm: 'output.LayerNorm',
};

interface Values {
  shape: number[];
  values: Float32Array;
}

function tensor(name: string, { shape, values }: Values): GgufTensor {
  const half = shape.length === 2 && name !== 'position_embd.weight' && name !== 'token_types.weight';
  return {
    name,
    dims: shape.toReversed(), // rows are last there, first here
    type: half ? f16 : f32,
    data: Buffer.from((half ? new Float16Array(values) : values).buffer),
  };
}

/** The format: length of a JSON header (64 bits), the header with each tensor's place, the bytes. */
function openSafetensors(bytes: Buffer): (name: string) => Values {
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }> = JSON.parse(
    bytes.toString('utf8', 8, start),
  );
  return (name) => {
    const entry = header[name];
    if (entry?.dtype !== 'F32') throw new Error(`The safetensors file has no tensor ${name} of single precision.`);
    const [from, to] = entry.data_offsets;
    // A copy, because a view of floats needs an aligned beginning.
    return { shape: entry.shape, values: new Float32Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer) };
  };
}
