// Original file: catalog/v1/catalog.proto

import type { ContextParams as _sangha_catalog_v1_ContextParams, ContextParams__Output as _sangha_catalog_v1_ContextParams__Output } from '../../../sangha/catalog/v1/ContextParams.ts';

export interface Alias {
  'id'?: (string);
  'alias'?: (string);
  'repo'?: (string);
  'filename'?: (string);
  'snapshot'?: (string);
  /**
   * JSON object
   */
  'requestParams'?: (string);
  'contextParams'?: (_sangha_catalog_v1_ContextParams | null);
  /**
   * private | org
   */
  'visibility'?: (string);
  'userId'?: (string);
  'createdAt'?: (string);
  'updatedAt'?: (string);
}

export interface Alias__Output {
  'id': (string);
  'alias': (string);
  'repo': (string);
  'filename': (string);
  'snapshot': (string);
  /**
   * JSON object
   */
  'requestParams': (string);
  'contextParams': (_sangha_catalog_v1_ContextParams__Output | null);
  /**
   * private | org
   */
  'visibility': (string);
  'userId': (string);
  'createdAt': (string);
  'updatedAt': (string);
}
