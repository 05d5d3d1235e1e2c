// Original file: catalog/v1/catalog.proto

import type { ModelFile as _sangha_catalog_v1_ModelFile, ModelFile__Output as _sangha_catalog_v1_ModelFile__Output } from '../../../sangha/catalog/v1/ModelFile.ts';

export interface ListFilesResponse {
  'files'?: (_sangha_catalog_v1_ModelFile)[];
  'total'?: (number);
  'page'?: (number);
  'pageSize'?: (number);
}

export interface ListFilesResponse__Output {
  'files': (_sangha_catalog_v1_ModelFile__Output)[];
  'total': (number);
  'page': (number);
  'pageSize': (number);
}
