// Original file: tenant/v1/tenant.proto


export interface UpdateOrganizationRequest {
  'id'?: (string);
  'displayName'?: (string);
  'status'?: (string);
  '_displayName'?: "displayName";
  '_status'?: "status";
}

export interface UpdateOrganizationRequest__Output {
  'id': (string);
  'displayName'?: (string);
  'status'?: (string);
  '_displayName'?: "displayName";
  '_status'?: "status";
}
