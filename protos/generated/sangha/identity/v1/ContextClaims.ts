// Original file: identity/v1/identity.proto


/**
 * The signed context. The gateway mints it once per principal and audience (Ed25519, compact JWS, 60 s) and sends it as
 * the gRPC metadata entry `sangha-context` and the message header of the same name. This message documents its claims;
 * on the wire they are JSON (RFC 7519). Every service verifies it before it opens a tenant scope.
 */
export interface ContextClaims {
  /**
   * the one service that may accept it, for example "model-catalog"
   */
  'aud'?: (string);
  /**
   * ULID; empty only for the platform
   */
  'orgId'?: (string);
  /**
   * who acts; empty only for the platform
   */
  'userId'?: (string);
  'username'?: (string);
  /**
   * session | api_token | external_app | service | platform
   */
  'kind'?: (string);
  /**
   * resource_user … resource_admin; empty for the platform
   */
  'role'?: (string);
  /**
   * scope_token_* or scope_user_* when the principal is not a session
   */
  'scope'?: (string);
  /**
   * kind = api_token
   */
  'tokenId'?: (string);
  /**
   * JSON of grants v1 (models and toolsets); empty = everything the role allows (sessions)
   */
  'grants'?: (string);
}

/**
 * The signed context. The gateway mints it once per principal and audience (Ed25519, compact JWS, 60 s) and sends it as
 * the gRPC metadata entry `sangha-context` and the message header of the same name. This message documents its claims;
 * on the wire they are JSON (RFC 7519). Every service verifies it before it opens a tenant scope.
 */
export interface ContextClaims__Output {
  /**
   * the one service that may accept it, for example "model-catalog"
   */
  'aud': (string);
  /**
   * ULID; empty only for the platform
   */
  'orgId': (string);
  /**
   * who acts; empty only for the platform
   */
  'userId': (string);
  'username': (string);
  /**
   * session | api_token | external_app | service | platform
   */
  'kind': (string);
  /**
   * resource_user … resource_admin; empty for the platform
   */
  'role': (string);
  /**
   * scope_token_* or scope_user_* when the principal is not a session
   */
  'scope': (string);
  /**
   * kind = api_token
   */
  'tokenId': (string);
  /**
   * JSON of grants v1 (models and toolsets); empty = everything the role allows (sessions)
   */
  'grants': (string);
}
