// Original file: inference/v1/inference.proto

import type { ModelSpec as _sangha_inference_v1_ModelSpec, ModelSpec__Output as _sangha_inference_v1_ModelSpec__Output } from '../../../sangha/inference/v1/ModelSpec.ts';

export interface LoadModelRequest {
  'model'?: (_sangha_inference_v1_ModelSpec | null);
  'modelId'?: (string);
}

export interface LoadModelRequest__Output {
  'model': (_sangha_inference_v1_ModelSpec__Output | null);
  'modelId': (string);
}
