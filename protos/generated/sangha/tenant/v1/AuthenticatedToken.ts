// Original file: tenant/v1/tenant.proto


export interface AuthenticatedToken {
  'tokenId'?: (string);
  'orgId'?: (string);
  'orgSlug'?: (string);
  'orgStatus'?: (string);
  'userId'?: (string);
  'username'?: (string);
  /**
   * the owner's role now
   */
  'role'?: (string);
  /**
   * the token's scope, never above the owner's role
   */
  'scope'?: (string);
  /**
   * JSON, grants v1
   */
  'grants'?: (string);
  /**
   * RFC 3339 or empty
   */
  'expiresAt'?: (string);
  'name'?: (string);
}

export interface AuthenticatedToken__Output {
  'tokenId': (string);
  'orgId': (string);
  'orgSlug': (string);
  'orgStatus': (string);
  'userId': (string);
  'username': (string);
  /**
   * the owner's role now
   */
  'role': (string);
  /**
   * the token's scope, never above the owner's role
   */
  'scope': (string);
  /**
   * JSON, grants v1
   */
  'grants': (string);
  /**
   * RFC 3339 or empty
   */
  'expiresAt': (string);
  'name': (string);
}
