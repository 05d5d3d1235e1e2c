// Original file: inference/v1/inference.proto


export interface Usage {
  'promptTokens'?: (number);
  'completionTokens'?: (number);
  'cachedTokens'?: (number);
  'queueMs'?: (number | string);
  'loadMs'?: (number | string);
  'promptMs'?: (number | string);
  'generationMs'?: (number | string);
}

export interface Usage__Output {
  'promptTokens': (number);
  'completionTokens': (number);
  'cachedTokens': (number);
  'queueMs': (number);
  'loadMs': (number);
  'promptMs': (number);
  'generationMs': (number);
}
