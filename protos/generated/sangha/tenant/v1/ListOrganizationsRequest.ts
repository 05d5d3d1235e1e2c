// Original file: tenant/v1/tenant.proto


export interface ListOrganizationsRequest {
  'page'?: (number);
  'pageSize'?: (number);
}

export interface ListOrganizationsRequest__Output {
  'page': (number);
  'pageSize': (number);
}
