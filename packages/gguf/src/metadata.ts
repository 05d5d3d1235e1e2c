import { type Capability, capabilitiesOf } from './capabilities.ts';
import { effectiveTemplate } from './family-template.ts';
import type { GgufArray, GgufHeader, GgufValue } from './read-header.ts';
import { unusable } from './refusals.ts';
import { quantizationLabel } from './tensor-types.ts';

/** What a model file says about itself. Counts are as written; `preflight` is what makes them believable. */
export interface GgufMetadata {
  version: number;
  sizeBytes: number;
  architecture: string;
  /** `model`, or what else the file is (`adapter`, `mmproj`, …). */
  type: string;
  name: string | undefined;
  /** Weights, all tensors together. */
  parameters: number;
  weightsBytes: number;
  /** `Q4_K_M`, `F16`, … */
  quantization: string;
  /** Tokens the model was trained for. */
  contextLength: number;
  embeddingLength: number;
  blockCount: number;
  headCount: PerBlock;
  headCountKv: PerBlock;
  keyLength: number;
  valueLength: number;
  feedForwardLength: PerBlock;
  expertCount: number;
  expertUsedCount: number;
  /** Files of the model; more than 1 = this is a part. */
  splitCount: number;
  slidingWindow: number | undefined;
  vocabularySize: number;
  pooling: Pooling | undefined;
  chatTemplate: string | undefined;
  tokenizer: {
    model: string | undefined;
    pre: string | undefined;
    bosId: number | undefined;
    eosId: number | undefined;
    addBos: boolean | undefined;
  };
  license: { id: string | undefined; name: string | undefined; link: string | undefined };
  capabilities: readonly Capability[];
  /** Keys and values of one token over all blocks at 16 bits. Sliding windows and shared layers need less. */
  kvBytesPerToken: number;
  markers: ReadonlySet<string>;
}

/** One number for every block, or a list of one per block. */
export type PerBlock = number | readonly number[];
export type Pooling = 'none' | 'mean' | 'cls' | 'last' | 'rank';
const poolings: readonly Pooling[] = ['none', 'mean', 'cls', 'last', 'rank'];

export function metadataOf(header: GgufHeader): GgufMetadata {
  const { entries, tensors } = header;
  const architecture = textOf(entries.get('general.architecture'));
  if (architecture === undefined) throw unusable('it does not say its architecture (general.architecture)');
  const own = (key: string): GgufValue | undefined => entries.get(`${architecture}.${key}`);
  const headCount = perBlock(own('attention.head_count')) ?? 0;
  const embeddingLength = numberOf(own('embedding_length')) ?? 0;
  const shape = {
    blockCount: numberOf(own('block_count')) ?? 0,
    headCountKv: perBlock(own('attention.head_count_kv')) ?? headCount,
    keyLength: numberOf(own('attention.key_length')) ?? headSize(embeddingLength, headCount),
    valueLength: numberOf(own('attention.value_length')) ?? headSize(embeddingLength, headCount),
  };
  const facts = {
    version: header.version,
    sizeBytes: header.sizeBytes,
    architecture,
    type: textOf(entries.get('general.type')) ?? 'model',
    name: textOf(entries.get('general.name')),
    parameters: tensors.reduce((sum, tensor) => sum + tensor.elements, 0),
    weightsBytes: tensors.reduce((sum, tensor) => sum + tensor.sizeBytes, 0),
    quantization: quantizationLabel(numberOf(entries.get('general.file_type')), typeOfMostWeights(header)),
    contextLength: numberOf(own('context_length')) ?? 0,
    embeddingLength,
    headCount,
    ...shape,
    feedForwardLength: perBlock(own('feed_forward_length')) ?? 0,
    expertCount: numberOf(own('expert_count')) ?? 0,
    expertUsedCount: numberOf(own('expert_used_count')) ?? 0,
    splitCount: numberOf(entries.get('split.count')) ?? 0,
    slidingWindow: numberOf(own('attention.sliding_window')),
    vocabularySize: arrayOf(entries.get('tokenizer.ggml.tokens'))?.length ?? 0,
    pooling: poolings[numberOf(own('pooling_type')) ?? -1],
    chatTemplate: textOf(entries.get('tokenizer.chat_template')),
    tokenizer: {
      model: textOf(entries.get('tokenizer.ggml.model')),
      pre: textOf(entries.get('tokenizer.ggml.pre')),
      bosId: numberOf(entries.get('tokenizer.ggml.bos_token_id')),
      eosId: numberOf(entries.get('tokenizer.ggml.eos_token_id')),
      addBos: booleanOf(entries.get('tokenizer.ggml.add_bos_token')),
    },
    license: {
      id: textOf(entries.get('general.license')),
      name: textOf(entries.get('general.license.name')),
      link: textOf(entries.get('general.license.link')),
    },
    kvBytesPerToken: kvElementsPerToken(shape) * 2,
    markers: header.markers,
  };
  return { ...facts, capabilities: capabilitiesOf({ ...facts, template: effectiveTemplate(facts).template }) };
}

/** Elements that one token adds to the key-value cache, all blocks together. */
export function kvElementsPerToken(
  shape: Pick<GgufMetadata, 'blockCount' | 'headCountKv' | 'keyLength' | 'valueLength'>,
): number {
  const { blockCount, headCountKv } = shape;
  const heads =
    typeof headCountKv === 'number'
      ? headCountKv * blockCount
      : headCountKv.slice(0, blockCount).reduce((sum, count) => sum + count, 0);
  return heads * (shape.keyLength + shape.valueLength);
}

/** The largest of a value that may differ by block. */
export const largest = (value: PerBlock): number =>
  typeof value === 'number' ? value : value.reduce((max, each) => Math.max(max, each), 0);

const headSize = (embeddingLength: number, headCount: PerBlock): number => {
  const heads = largest(headCount);
  return heads > 0 ? Math.floor(embeddingLength / heads) : 0;
};

function typeOfMostWeights({ tensors }: GgufHeader): string {
  const elements = new Map<string, number>();
  // Norms and biases are vectors and stay in full precision whatever the model's format.
  for (const { dims, type, elements: count } of tensors)
    if (dims.length > 1) elements.set(type.name, (elements.get(type.name) ?? 0) + count);
  let most = { name: tensors[0]?.type.name ?? 'F32', count: 0 };
  for (const [name, count] of elements) if (count > most.count) most = { name, count };
  return most.name;
}

export const numberOf = (value: GgufValue | undefined): number | undefined => (typeof value === 'number' ? value : undefined);
export const textOf = (value: GgufValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const booleanOf = (value: GgufValue | undefined): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
export const arrayOf = (value: GgufValue | undefined): GgufArray | undefined => (typeof value === 'object' ? value : undefined);

function perBlock(value: GgufValue | undefined): PerBlock | undefined {
  const values = arrayOf(value)?.values;
  return values === undefined ? numberOf(value) : values.map((each) => Number(each));
}
