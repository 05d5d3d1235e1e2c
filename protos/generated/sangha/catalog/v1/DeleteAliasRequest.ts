// Original file: catalog/v1/catalog.proto


export interface DeleteAliasRequest {
  'id'?: (string);
}

export interface DeleteAliasRequest__Output {
  'id': (string);
}
