// Original file: inference/v1/inference.proto


export interface Sampling {
  'temperature'?: (number | string);
  'topP'?: (number | string);
  'topK'?: (number);
  'minP'?: (number | string);
  'frequencyPenalty'?: (number | string);
  'presencePenalty'?: (number | string);
  'repeatPenalty'?: (number | string);
  'seed'?: (number);
  /**
   * token id → -100..100; at most 1024
   */
  'logitBias'?: ({[key: number]: number | string});
  '_temperature'?: "temperature";
  '_topP'?: "topP";
  '_topK'?: "topK";
  '_minP'?: "minP";
  '_frequencyPenalty'?: "frequencyPenalty";
  '_presencePenalty'?: "presencePenalty";
  '_repeatPenalty'?: "repeatPenalty";
  '_seed'?: "seed";
}

export interface Sampling__Output {
  'temperature'?: (number);
  'topP'?: (number);
  'topK'?: (number);
  'minP'?: (number);
  'frequencyPenalty'?: (number);
  'presencePenalty'?: (number);
  'repeatPenalty'?: (number);
  'seed'?: (number);
  /**
   * token id → -100..100; at most 1024
   */
  'logitBias': ({[key: number]: number});
  '_temperature'?: "temperature";
  '_topP'?: "topP";
  '_topK'?: "topK";
  '_minP'?: "minP";
  '_frequencyPenalty'?: "frequencyPenalty";
  '_presencePenalty'?: "presencePenalty";
  '_repeatPenalty'?: "repeatPenalty";
  '_seed'?: "seed";
}
