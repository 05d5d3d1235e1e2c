// Original file: catalog/v1/catalog.proto


export interface CopyAliasRequest {
  'id'?: (string);
  'alias'?: (string);
}

export interface CopyAliasRequest__Output {
  'id': (string);
  'alias': (string);
}
