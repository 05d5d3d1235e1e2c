// Original file: inference/v1/inference.proto

import type { Long } from '@grpc/proto-loader';

export interface Engine {
  'sha256'?: (string);
  'modelId'?: (string);
  /**
   * loading | ready | unloading | crashed
   */
  'state'?: (string);
  'estimatedBytes'?: (number | string | Long);
  'contextSize'?: (number);
  'sequences'?: (number);
  'running'?: (number);
  'queued'?: (number);
  'loadedAt'?: (string);
  'expiresAt'?: (string);
}

export interface Engine__Output {
  'sha256': (string);
  'modelId': (string);
  /**
   * loading | ready | unloading | crashed
   */
  'state': (string);
  'estimatedBytes': (number);
  'contextSize': (number);
  'sequences': (number);
  'running': (number);
  'queued': (number);
  'loadedAt': (string);
  'expiresAt': (string);
}
