// Original file: inference/v1/inference.proto


export interface Constraint {
  'jsonObject'?: (boolean);
  /**
   * JSON schema text
   */
  'jsonSchema'?: (string);
  'gbnf'?: (string);
  'kind'?: "jsonObject"|"jsonSchema"|"gbnf";
}

export interface Constraint__Output {
  'jsonObject'?: (boolean);
  /**
   * JSON schema text
   */
  'jsonSchema'?: (string);
  'gbnf'?: (string);
  'kind'?: "jsonObject"|"jsonSchema"|"gbnf";
}
