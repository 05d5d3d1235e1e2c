// Original file: catalog/v1/catalog.proto


export interface ListFilesRequest {
  'page'?: (number);
  'pageSize'?: (number);
}

export interface ListFilesRequest__Output {
  'page': (number);
  'pageSize': (number);
}
