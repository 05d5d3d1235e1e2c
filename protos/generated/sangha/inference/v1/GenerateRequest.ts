// Original file: inference/v1/inference.proto

import type { ModelSpec as _sangha_inference_v1_ModelSpec, ModelSpec__Output as _sangha_inference_v1_ModelSpec__Output } from '../../../sangha/inference/v1/ModelSpec.ts';
import type { ChatInput as _sangha_inference_v1_ChatInput, ChatInput__Output as _sangha_inference_v1_ChatInput__Output } from '../../../sangha/inference/v1/ChatInput.ts';
import type { TokenIds as _sangha_inference_v1_TokenIds, TokenIds__Output as _sangha_inference_v1_TokenIds__Output } from '../../../sangha/inference/v1/TokenIds.ts';
import type { Sampling as _sangha_inference_v1_Sampling, Sampling__Output as _sangha_inference_v1_Sampling__Output } from '../../../sangha/inference/v1/Sampling.ts';
import type { Constraint as _sangha_inference_v1_Constraint, Constraint__Output as _sangha_inference_v1_Constraint__Output } from '../../../sangha/inference/v1/Constraint.ts';

export interface GenerateRequest {
  /**
   * unique per organisation; the key of its usage record
   */
  'requestId'?: (string);
  /**
   * the name in usage records
   */
  'modelId'?: (string);
  'model'?: (_sangha_inference_v1_ModelSpec | null);
  'chat'?: (_sangha_inference_v1_ChatInput | null);
  /**
   * raw completion, no template; special tokens in it are text
   */
  'prompt'?: (string);
  'promptTokens'?: (_sangha_inference_v1_TokenIds | null);
  'sampling'?: (_sangha_inference_v1_Sampling | null);
  /**
   * absent = to the end of the context
   */
  'maxTokens'?: (number);
  /**
   * at most 16, 1..256 chars each
   */
  'stop'?: (string)[];
  /**
   * 0 or 1 = one choice; at most 16
   */
  'n'?: (number);
  /**
   * present = logprobs wanted; 0..20
   */
  'topLogprobs'?: (number);
  'constraint'?: (_sangha_inference_v1_Constraint | null);
  /**
   * benchmarks
   */
  'ignoreEos'?: (boolean);
  'input'?: "chat"|"prompt"|"promptTokens";
  '_maxTokens'?: "maxTokens";
  '_topLogprobs'?: "topLogprobs";
}

export interface GenerateRequest__Output {
  /**
   * unique per organisation; the key of its usage record
   */
  'requestId': (string);
  /**
   * the name in usage records
   */
  'modelId': (string);
  'model': (_sangha_inference_v1_ModelSpec__Output | null);
  'chat'?: (_sangha_inference_v1_ChatInput__Output | null);
  /**
   * raw completion, no template; special tokens in it are text
   */
  'prompt'?: (string);
  'promptTokens'?: (_sangha_inference_v1_TokenIds__Output | null);
  'sampling': (_sangha_inference_v1_Sampling__Output | null);
  /**
   * absent = to the end of the context
   */
  'maxTokens'?: (number);
  /**
   * at most 16, 1..256 chars each
   */
  'stop': (string)[];
  /**
   * 0 or 1 = one choice; at most 16
   */
  'n': (number);
  /**
   * present = logprobs wanted; 0..20
   */
  'topLogprobs'?: (number);
  'constraint': (_sangha_inference_v1_Constraint__Output | null);
  /**
   * benchmarks
   */
  'ignoreEos': (boolean);
  'input'?: "chat"|"prompt"|"promptTokens";
  '_maxTokens'?: "maxTokens";
  '_topLogprobs'?: "topLogprobs";
}
