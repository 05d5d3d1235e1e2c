// Original file: inference/v1/inference.proto


export interface ChoiceEnd {
  'index'?: (number);
  'finishReason'?: (string);
  'completionTokens'?: (number);
  'stopSequence'?: (string);
}

export interface ChoiceEnd__Output {
  'index': (number);
  'finishReason': (string);
  'completionTokens': (number);
  'stopSequence': (string);
}
