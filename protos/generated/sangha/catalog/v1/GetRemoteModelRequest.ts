// Original file: catalog/v1/catalog.proto


export interface GetRemoteModelRequest {
  'id'?: (string);
}

export interface GetRemoteModelRequest__Output {
  'id': (string);
}
