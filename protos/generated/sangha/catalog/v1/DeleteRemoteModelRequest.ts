// Original file: catalog/v1/catalog.proto


export interface DeleteRemoteModelRequest {
  'id'?: (string);
}

export interface DeleteRemoteModelRequest__Output {
  'id': (string);
}
