// Original file: tenant/v1/tenant.proto


export interface ListTokensRequest {
  'page'?: (number);
  'pageSize'?: (number);
}

export interface ListTokensRequest__Output {
  'page': (number);
  'pageSize': (number);
}
