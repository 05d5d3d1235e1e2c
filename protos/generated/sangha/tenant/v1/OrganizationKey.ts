// Original file: tenant/v1/tenant.proto


export interface OrganizationKey {
  'version'?: (number);
  'wrappedKey'?: (Buffer | Uint8Array | string);
}

export interface OrganizationKey__Output {
  'version': (number);
  'wrappedKey': (Buffer);
}
