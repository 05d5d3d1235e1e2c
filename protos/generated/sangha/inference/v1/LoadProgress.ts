// Original file: inference/v1/inference.proto


export interface LoadProgress {
  'fraction'?: (number | string);
  'ready'?: (boolean);
}

export interface LoadProgress__Output {
  'fraction': (number);
  'ready': (boolean);
}
