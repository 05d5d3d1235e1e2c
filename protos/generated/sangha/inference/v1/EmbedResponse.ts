// Original file: inference/v1/inference.proto

import type { Embedding as _sangha_inference_v1_Embedding, Embedding__Output as _sangha_inference_v1_Embedding__Output } from '../../../sangha/inference/v1/Embedding.ts';

export interface EmbedResponse {
  'embeddings'?: (_sangha_inference_v1_Embedding)[];
  'promptTokens'?: (number);
}

export interface EmbedResponse__Output {
  'embeddings': (_sangha_inference_v1_Embedding__Output)[];
  'promptTokens': (number);
}
