// Original file: tenant/v1/tenant.proto


export interface CreateOrganizationRequest {
  /**
   * 1..63, lower-case letters, digits and single hyphens inside
   */
  'slug'?: (string);
  'displayName'?: (string);
  'adminUserId'?: (string);
  'adminUsername'?: (string);
  'adminEmail'?: (string);
}

export interface CreateOrganizationRequest__Output {
  /**
   * 1..63, lower-case letters, digits and single hyphens inside
   */
  'slug': (string);
  'displayName': (string);
  'adminUserId': (string);
  'adminUsername': (string);
  'adminEmail': (string);
}
