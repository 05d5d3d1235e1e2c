// Original file: events/v1/events.proto


/**
 * registry.changed.<org>: a token, member, setting or the organisation itself changed; caches drop what they hold of it.
 */
export interface RegistryChanged {
  'orgId'?: (string);
  /**
   * organization | token | member | setting
   */
  'subject'?: (string);
  /**
   * token id, user id or setting key
   */
  'id'?: (string);
}

/**
 * registry.changed.<org>: a token, member, setting or the organisation itself changed; caches drop what they hold of it.
 */
export interface RegistryChanged__Output {
  'orgId': (string);
  /**
   * organization | token | member | setting
   */
  'subject': (string);
  /**
   * token id, user id or setting key
   */
  'id': (string);
}
