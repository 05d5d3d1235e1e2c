// Original file: tenant/v1/tenant.proto


export interface AuthenticateTokenRequest {
  /**
   * SHA-256 of the whole text, lower-case hex
   */
  'tokenHash'?: (string);
  /**
   * from the text; must be the token's own organisation
   */
  'clientId'?: (string);
}

export interface AuthenticateTokenRequest__Output {
  /**
   * SHA-256 of the whole text, lower-case hex
   */
  'tokenHash': (string);
  /**
   * from the text; must be the token's own organisation
   */
  'clientId': (string);
}
