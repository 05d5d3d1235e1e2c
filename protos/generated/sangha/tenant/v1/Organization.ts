// Original file: tenant/v1/tenant.proto


export interface Organization {
  'id'?: (string);
  'slug'?: (string);
  'displayName'?: (string);
  /**
   * the text after the last dot of the organisation's API tokens: bodhi-<org id>
   */
  'clientId'?: (string);
  /**
   * active | suspended | deleted
   */
  'status'?: (string);
  /**
   * RFC 3339
   */
  'createdAt'?: (string);
  'updatedAt'?: (string);
}

export interface Organization__Output {
  'id': (string);
  'slug': (string);
  'displayName': (string);
  /**
   * the text after the last dot of the organisation's API tokens: bodhi-<org id>
   */
  'clientId': (string);
  /**
   * active | suspended | deleted
   */
  'status': (string);
  /**
   * RFC 3339
   */
  'createdAt': (string);
  'updatedAt': (string);
}
