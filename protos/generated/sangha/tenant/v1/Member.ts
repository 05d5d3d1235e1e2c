// Original file: tenant/v1/tenant.proto


export interface Member {
  'userId'?: (string);
  'username'?: (string);
  'email'?: (string);
  'role'?: (string);
  'createdAt'?: (string);
  'updatedAt'?: (string);
}

export interface Member__Output {
  'userId': (string);
  'username': (string);
  'email': (string);
  'role': (string);
  'createdAt': (string);
  'updatedAt': (string);
}
