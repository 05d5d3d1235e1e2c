// Original file: tenant/v1/tenant.proto


export interface AddMemberRequest {
  'userId'?: (string);
  'username'?: (string);
  'email'?: (string);
  'role'?: (string);
}

export interface AddMemberRequest__Output {
  'userId': (string);
  'username': (string);
  'email': (string);
  'role': (string);
}
