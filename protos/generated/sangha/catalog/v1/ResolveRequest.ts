// Original file: catalog/v1/catalog.proto


export interface ResolveRequest {
  'name'?: (string);
}

export interface ResolveRequest__Output {
  'name': (string);
}
