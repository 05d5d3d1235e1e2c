// Original file: inference/v1/inference.proto


export interface UnloadModelResponse {
  'unloaded'?: (number);
}

export interface UnloadModelResponse__Output {
  'unloaded': (number);
}
