// Original file: catalog/v1/catalog.proto

import type { LocalTarget as _sangha_catalog_v1_LocalTarget, LocalTarget__Output as _sangha_catalog_v1_LocalTarget__Output } from '../../../sangha/catalog/v1/LocalTarget.ts';
import type { RemoteTarget as _sangha_catalog_v1_RemoteTarget, RemoteTarget__Output as _sangha_catalog_v1_RemoteTarget__Output } from '../../../sangha/catalog/v1/RemoteTarget.ts';

export interface Target {
  /**
   * as asked
   */
  'name'?: (string);
  /**
   * what answers and meters call the model (the name)
   */
  'modelId'?: (string);
  'local'?: (_sangha_catalog_v1_LocalTarget | null);
  'remote'?: (_sangha_catalog_v1_RemoteTarget | null);
  /**
   * JSON object, defaults merged under the request's own fields (OpenAI names)
   */
  'requestParams'?: (string);
  /**
   * any of these in grants.models.ids allows the use
   */
  'grantIds'?: (string)[];
  'kind'?: "local"|"remote";
}

export interface Target__Output {
  /**
   * as asked
   */
  'name': (string);
  /**
   * what answers and meters call the model (the name)
   */
  'modelId': (string);
  'local'?: (_sangha_catalog_v1_LocalTarget__Output | null);
  'remote'?: (_sangha_catalog_v1_RemoteTarget__Output | null);
  /**
   * JSON object, defaults merged under the request's own fields (OpenAI names)
   */
  'requestParams': (string);
  /**
   * any of these in grants.models.ids allows the use
   */
  'grantIds': (string)[];
  'kind'?: "local"|"remote";
}
