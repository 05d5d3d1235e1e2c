// Original file: inference/v1/inference.proto

import type { TokenIds as _sangha_inference_v1_TokenIds, TokenIds__Output as _sangha_inference_v1_TokenIds__Output } from '../../../sangha/inference/v1/TokenIds.ts';

export interface EmbedInput {
  'text'?: (string);
  'tokens'?: (_sangha_inference_v1_TokenIds | null);
  'input'?: "text"|"tokens";
}

export interface EmbedInput__Output {
  'text'?: (string);
  'tokens'?: (_sangha_inference_v1_TokenIds__Output | null);
  'input'?: "text"|"tokens";
}
