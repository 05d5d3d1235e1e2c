// Original file: tenant/v1/tenant.proto


export interface UpdateTokenRequest {
  'id'?: (string);
  'name'?: (string);
  'status'?: (string);
  'grants'?: (string);
  '_name'?: "name";
  '_status'?: "status";
  '_grants'?: "grants";
}

export interface UpdateTokenRequest__Output {
  'id': (string);
  'name'?: (string);
  'status'?: (string);
  'grants'?: (string);
  '_name'?: "name";
  '_status'?: "status";
  '_grants'?: "grants";
}
