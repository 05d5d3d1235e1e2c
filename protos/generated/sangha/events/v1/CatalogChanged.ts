// Original file: events/v1/events.proto


/**
 * catalog.changed.<org>: an alias, remote model or file changed; name resolutions of the organisation are dropped.
 */
export interface CatalogChanged {
  'orgId'?: (string);
}

/**
 * catalog.changed.<org>: an alias, remote model or file changed; name resolutions of the organisation are dropped.
 */
export interface CatalogChanged__Output {
  'orgId': (string);
}
