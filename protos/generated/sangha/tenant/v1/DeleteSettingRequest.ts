// Original file: tenant/v1/tenant.proto


export interface DeleteSettingRequest {
  'key'?: (string);
}

export interface DeleteSettingRequest__Output {
  'key': (string);
}
