// Original file: inference/v1/inference.proto


export interface Started {
  'promptTokens'?: (number);
  'cachedTokens'?: (number);
}

export interface Started__Output {
  'promptTokens': (number);
  'cachedTokens': (number);
}
