// Original file: inference/v1/inference.proto

import type { Engine as _sangha_inference_v1_Engine, Engine__Output as _sangha_inference_v1_Engine__Output } from '../../../sangha/inference/v1/Engine.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListEnginesResponse {
  'engines'?: (_sangha_inference_v1_Engine)[];
  'budgetBytes'?: (number | string | Long);
  'usedBytes'?: (number | string | Long);
}

export interface ListEnginesResponse__Output {
  'engines': (_sangha_inference_v1_Engine__Output)[];
  'budgetBytes': (number);
  'usedBytes': (number);
}
