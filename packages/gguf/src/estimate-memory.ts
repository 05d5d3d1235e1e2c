import { type GgufMetadata, kvElementsPerToken, largest } from './metadata.ts';

export type KvType = 'f32' | 'f16' | 'q8_0' | 'q4_0';

export interface MemoryQuestion {
  meta: GgufMetadata;
  /** Tokens per sequence. */
  contextSize: number;
  sequences: number;
  /** Tokens of one step. */
  batchSize: number;
  /** Default `f16`. */
  kvType?: KvType;
}

/** Bytes, by what they are for. */
export interface MemoryEstimate {
  weightsBytes: number;
  kvBytes: number;
  computeBytes: number;
  overheadBytes: number;
  totalBytes: number;
}

const kvBytesPerElement: Record<KvType, number> = { f32: 4, f16: 2, q8_0: 34 / 32, q4_0: 18 / 32 };
/** Native code rounds a context up to whole cells of this many tokens. */
const contextStep = 256;
/** A Node process with the engine's library and nothing loaded. */
const processBytes = 160 * 1024 * 1024;
/** Text, score and look-up tables of one token in the tokenizer. */
const bytesPerToken = 200;

/**
 * What one engine process may need at most, for admission. Upper bounds on purpose: sliding windows are counted as full
 * caches, and every token of a batch as if it asked for its logits. Weights count fully, although their pages are shared
 * with the file cache.
 */
export function estimateMemory({ meta, contextSize, sequences, batchSize, kvType = 'f16' }: MemoryQuestion): MemoryEstimate {
  const cells = Math.ceil(contextSize / contextStep) * contextStep;
  const kvBytes = Math.ceil(cells * sequences * kvElementsPerToken(meta) * kvBytesPerElement[kvType]);
  const perToken =
    meta.vocabularySize + 8 * meta.embeddingLength + 3 * largest(meta.feedForwardLength) + cells * largest(meta.headCount);
  const computeBytes = 4 * (batchSize * perToken + sequences * meta.vocabularySize);
  const overheadBytes = processBytes + meta.vocabularySize * bytesPerToken;
  return {
    weightsBytes: meta.weightsBytes,
    kvBytes,
    computeBytes,
    overheadBytes,
    totalBytes: meta.weightsBytes + kvBytes + computeBytes + overheadBytes,
  };
}
