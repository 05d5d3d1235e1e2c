// Original file: tenant/v1/tenant.proto


export interface RemoveMemberRequest {
  'userId'?: (string);
}

export interface RemoveMemberRequest__Output {
  'userId': (string);
}
