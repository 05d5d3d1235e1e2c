// Original file: catalog/v1/catalog.proto


export interface GetModelRequest {
  'id'?: (string);
}

export interface GetModelRequest__Output {
  'id': (string);
}
