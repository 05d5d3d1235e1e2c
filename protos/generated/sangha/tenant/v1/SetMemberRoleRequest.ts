// Original file: tenant/v1/tenant.proto


export interface SetMemberRoleRequest {
  'userId'?: (string);
  'role'?: (string);
}

export interface SetMemberRoleRequest__Output {
  'userId': (string);
  'role': (string);
}
