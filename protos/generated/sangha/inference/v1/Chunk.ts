// Original file: inference/v1/inference.proto

import type { ToolCallDelta as _sangha_inference_v1_ToolCallDelta, ToolCallDelta__Output as _sangha_inference_v1_ToolCallDelta__Output } from '../../../sangha/inference/v1/ToolCallDelta.ts';
import type { TokenLogprob as _sangha_inference_v1_TokenLogprob, TokenLogprob__Output as _sangha_inference_v1_TokenLogprob__Output } from '../../../sangha/inference/v1/TokenLogprob.ts';

export interface Chunk {
  /**
   * choice
   */
  'index'?: (number);
  'text'?: (string);
  'reasoning'?: (string);
  'toolCalls'?: (_sangha_inference_v1_ToolCallDelta)[];
  'logprobs'?: (_sangha_inference_v1_TokenLogprob)[];
  /**
   * tokens that this chunk stands for
   */
  'tokens'?: (number);
}

export interface Chunk__Output {
  /**
   * choice
   */
  'index': (number);
  'text': (string);
  'reasoning': (string);
  'toolCalls': (_sangha_inference_v1_ToolCallDelta__Output)[];
  'logprobs': (_sangha_inference_v1_TokenLogprob__Output)[];
  /**
   * tokens that this chunk stands for
   */
  'tokens': (number);
}
