// Original file: inference/v1/inference.proto

import type { ModelSpec as _sangha_inference_v1_ModelSpec, ModelSpec__Output as _sangha_inference_v1_ModelSpec__Output } from '../../../sangha/inference/v1/ModelSpec.ts';
import type { EmbedInput as _sangha_inference_v1_EmbedInput, EmbedInput__Output as _sangha_inference_v1_EmbedInput__Output } from '../../../sangha/inference/v1/EmbedInput.ts';

export interface EmbedRequest {
  'requestId'?: (string);
  'modelId'?: (string);
  'model'?: (_sangha_inference_v1_ModelSpec | null);
  'inputs'?: (_sangha_inference_v1_EmbedInput)[];
}

export interface EmbedRequest__Output {
  'requestId': (string);
  'modelId': (string);
  'model': (_sangha_inference_v1_ModelSpec__Output | null);
  'inputs': (_sangha_inference_v1_EmbedInput__Output)[];
}
