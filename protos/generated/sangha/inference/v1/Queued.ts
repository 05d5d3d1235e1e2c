// Original file: inference/v1/inference.proto


export interface Queued {
  'position'?: (number);
}

export interface Queued__Output {
  'position': (number);
}
