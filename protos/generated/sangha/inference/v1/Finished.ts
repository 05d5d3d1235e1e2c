// Original file: inference/v1/inference.proto

import type { ChoiceEnd as _sangha_inference_v1_ChoiceEnd, ChoiceEnd__Output as _sangha_inference_v1_ChoiceEnd__Output } from '../../../sangha/inference/v1/ChoiceEnd.ts';
import type { Usage as _sangha_inference_v1_Usage, Usage__Output as _sangha_inference_v1_Usage__Output } from '../../../sangha/inference/v1/Usage.ts';

export interface Finished {
  'choices'?: (_sangha_inference_v1_ChoiceEnd)[];
  'usage'?: (_sangha_inference_v1_Usage | null);
}

export interface Finished__Output {
  'choices': (_sangha_inference_v1_ChoiceEnd__Output)[];
  'usage': (_sangha_inference_v1_Usage__Output | null);
}
