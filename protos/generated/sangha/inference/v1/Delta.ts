// Original file: inference/v1/inference.proto

import type { Chunk as _sangha_inference_v1_Chunk, Chunk__Output as _sangha_inference_v1_Chunk__Output } from '../../../sangha/inference/v1/Chunk.ts';

export interface Delta {
  /**
   * all of this tick, in order
   */
  'chunks'?: (_sangha_inference_v1_Chunk)[];
}

export interface Delta__Output {
  /**
   * all of this tick, in order
   */
  'chunks': (_sangha_inference_v1_Chunk__Output)[];
}
