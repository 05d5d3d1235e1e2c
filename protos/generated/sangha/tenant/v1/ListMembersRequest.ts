// Original file: tenant/v1/tenant.proto


export interface ListMembersRequest {
  'page'?: (number);
  'pageSize'?: (number);
}

export interface ListMembersRequest__Output {
  'page': (number);
  'pageSize': (number);
}
