// Original file: catalog/v1/catalog.proto


export interface GetAliasRequest {
  'id'?: (string);
}

export interface GetAliasRequest__Output {
  'id': (string);
}
