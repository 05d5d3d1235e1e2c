// Original file: tenant/v1/tenant.proto


export interface CreateTokenRequest {
  'name'?: (string);
  'scope'?: (string);
  'grants'?: (string);
  'expiresAt'?: (string);
}

export interface CreateTokenRequest__Output {
  'name': (string);
  'scope': (string);
  'grants': (string);
  'expiresAt': (string);
}
