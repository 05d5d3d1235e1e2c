// Original file: tenant/v1/tenant.proto


export interface Token {
  'id'?: (string);
  'name'?: (string);
  'tokenPrefix'?: (string);
  'scope'?: (string);
  /**
   * active | inactive
   */
  'status'?: (string);
  /**
   * JSON, grants v1
   */
  'grants'?: (string);
  'expiresAt'?: (string);
  'lastUsedAt'?: (string);
  'createdAt'?: (string);
  'updatedAt'?: (string);
}

export interface Token__Output {
  'id': (string);
  'name': (string);
  'tokenPrefix': (string);
  'scope': (string);
  /**
   * active | inactive
   */
  'status': (string);
  /**
   * JSON, grants v1
   */
  'grants': (string);
  'expiresAt': (string);
  'lastUsedAt': (string);
  'createdAt': (string);
  'updatedAt': (string);
}
