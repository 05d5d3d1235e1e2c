// Original file: inference/v1/inference.proto


export interface ModelSpec {
  /**
   * the blob; the runner computes the path
   */
  'sha256'?: (string);
  /**
   * tokens per sequence
   */
  'contextSize'?: (number);
  'sequences'?: (number);
  'batchSize'?: (number);
  'threads'?: (number);
  'gpuLayers'?: (number);
  /**
   * effective template; empty = none known
   */
  'chatTemplate'?: (string);
  /**
   * 0 = unload when idle at once
   */
  'keepAliveSecs'?: (number);
  '_contextSize'?: "contextSize";
  '_sequences'?: "sequences";
  '_batchSize'?: "batchSize";
  '_threads'?: "threads";
  '_gpuLayers'?: "gpuLayers";
  '_keepAliveSecs'?: "keepAliveSecs";
}

export interface ModelSpec__Output {
  /**
   * the blob; the runner computes the path
   */
  'sha256': (string);
  /**
   * tokens per sequence
   */
  'contextSize'?: (number);
  'sequences'?: (number);
  'batchSize'?: (number);
  'threads'?: (number);
  'gpuLayers'?: (number);
  /**
   * effective template; empty = none known
   */
  'chatTemplate': (string);
  /**
   * 0 = unload when idle at once
   */
  'keepAliveSecs'?: (number);
  '_contextSize'?: "contextSize";
  '_sequences'?: "sequences";
  '_batchSize'?: "batchSize";
  '_threads'?: "threads";
  '_gpuLayers'?: "gpuLayers";
  '_keepAliveSecs'?: "keepAliveSecs";
}
