// Original file: inference/v1/inference.proto


export interface Tool {
  'name'?: (string);
  'description'?: (string);
  'parameters'?: (string);
  'strict'?: (boolean);
}

export interface Tool__Output {
  'name': (string);
  'description': (string);
  'parameters': (string);
  'strict': (boolean);
}
