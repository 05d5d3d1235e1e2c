// Original file: inference/v1/inference.proto

import type { TopLogprob as _sangha_inference_v1_TopLogprob, TopLogprob__Output as _sangha_inference_v1_TopLogprob__Output } from '../../../sangha/inference/v1/TopLogprob.ts';

export interface TokenLogprob {
  'token'?: (string);
  'bytes'?: (Buffer | Uint8Array | string);
  'logprob'?: (number | string);
  'top'?: (_sangha_inference_v1_TopLogprob)[];
}

export interface TokenLogprob__Output {
  'token': (string);
  'bytes': (Buffer);
  'logprob': (number);
  'top': (_sangha_inference_v1_TopLogprob__Output)[];
}
