// Original file: inference/v1/inference.proto

import type { Queued as _sangha_inference_v1_Queued, Queued__Output as _sangha_inference_v1_Queued__Output } from '../../../sangha/inference/v1/Queued.ts';
import type { LoadProgress as _sangha_inference_v1_LoadProgress, LoadProgress__Output as _sangha_inference_v1_LoadProgress__Output } from '../../../sangha/inference/v1/LoadProgress.ts';
import type { Started as _sangha_inference_v1_Started, Started__Output as _sangha_inference_v1_Started__Output } from '../../../sangha/inference/v1/Started.ts';
import type { Delta as _sangha_inference_v1_Delta, Delta__Output as _sangha_inference_v1_Delta__Output } from '../../../sangha/inference/v1/Delta.ts';
import type { Finished as _sangha_inference_v1_Finished, Finished__Output as _sangha_inference_v1_Finished__Output } from '../../../sangha/inference/v1/Finished.ts';

export interface GenerateEvent {
  /**
   * waiting, with the place in the queue; at most one a second
   */
  'queued'?: (_sangha_inference_v1_Queued | null);
  /**
   * the model is being loaded
   */
  'loading'?: (_sangha_inference_v1_LoadProgress | null);
  'started'?: (_sangha_inference_v1_Started | null);
  'delta'?: (_sangha_inference_v1_Delta | null);
  'finished'?: (_sangha_inference_v1_Finished | null);
  'event'?: "queued"|"loading"|"started"|"delta"|"finished";
}

export interface GenerateEvent__Output {
  /**
   * waiting, with the place in the queue; at most one a second
   */
  'queued'?: (_sangha_inference_v1_Queued__Output | null);
  /**
   * the model is being loaded
   */
  'loading'?: (_sangha_inference_v1_LoadProgress__Output | null);
  'started'?: (_sangha_inference_v1_Started__Output | null);
  'delta'?: (_sangha_inference_v1_Delta__Output | null);
  'finished'?: (_sangha_inference_v1_Finished__Output | null);
  'event'?: "queued"|"loading"|"started"|"delta"|"finished";
}
