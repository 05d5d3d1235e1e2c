// Original file: inference/v1/inference.proto


export interface TopLogprob {
  'token'?: (string);
  'bytes'?: (Buffer | Uint8Array | string);
  'logprob'?: (number | string);
}

export interface TopLogprob__Output {
  'token': (string);
  'bytes': (Buffer);
  'logprob': (number);
}
