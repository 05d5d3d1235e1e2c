// Original file: catalog/v1/catalog.proto

import type { Name as _sangha_catalog_v1_Name, Name__Output as _sangha_catalog_v1_Name__Output } from '../../../sangha/catalog/v1/Name.ts';

export interface ListNamesResponse {
  'names'?: (_sangha_catalog_v1_Name)[];
}

export interface ListNamesResponse__Output {
  'names': (_sangha_catalog_v1_Name__Output)[];
}
