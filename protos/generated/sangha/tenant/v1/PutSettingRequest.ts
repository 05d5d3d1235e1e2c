// Original file: tenant/v1/tenant.proto


export interface PutSettingRequest {
  'key'?: (string);
  'value'?: (string);
}

export interface PutSettingRequest__Output {
  'key': (string);
  'value': (string);
}
