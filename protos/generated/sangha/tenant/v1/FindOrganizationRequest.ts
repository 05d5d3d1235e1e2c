// Original file: tenant/v1/tenant.proto


export interface FindOrganizationRequest {
  'id'?: (string);
  'slug'?: (string);
  'clientId'?: (string);
  /**
   * the organisation of a node that has exactly one, else the one named "default"
   */
  'only'?: (boolean);
  'selector'?: "id"|"slug"|"clientId"|"only";
}

export interface FindOrganizationRequest__Output {
  'id'?: (string);
  'slug'?: (string);
  'clientId'?: (string);
  /**
   * the organisation of a node that has exactly one, else the one named "default"
   */
  'only'?: (boolean);
  'selector'?: "id"|"slug"|"clientId"|"only";
}
