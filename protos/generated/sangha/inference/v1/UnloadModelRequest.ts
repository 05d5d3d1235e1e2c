// Original file: inference/v1/inference.proto


export interface UnloadModelRequest {
  'sha256'?: (string);
}

export interface UnloadModelRequest__Output {
  'sha256': (string);
}
