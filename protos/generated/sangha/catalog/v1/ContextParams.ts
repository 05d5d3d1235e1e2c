// Original file: catalog/v1/catalog.proto


export interface ContextParams {
  /**
   * tokens per sequence
   */
  'contextSize'?: (number);
  /**
   * parallel requests in one engine
   */
  'sequences'?: (number);
  'batchSize'?: (number);
  'threads'?: (number);
  'gpuLayers'?: (number);
  /**
   * overrides the file's
   */
  'chatTemplate'?: (string);
  '_contextSize'?: "contextSize";
  '_sequences'?: "sequences";
  '_batchSize'?: "batchSize";
  '_threads'?: "threads";
  '_gpuLayers'?: "gpuLayers";
  '_chatTemplate'?: "chatTemplate";
}

export interface ContextParams__Output {
  /**
   * tokens per sequence
   */
  'contextSize'?: (number);
  /**
   * parallel requests in one engine
   */
  'sequences'?: (number);
  'batchSize'?: (number);
  'threads'?: (number);
  'gpuLayers'?: (number);
  /**
   * overrides the file's
   */
  'chatTemplate'?: (string);
  '_contextSize'?: "contextSize";
  '_sequences'?: "sequences";
  '_batchSize'?: "batchSize";
  '_threads'?: "threads";
  '_gpuLayers'?: "gpuLayers";
  '_chatTemplate'?: "chatTemplate";
}
