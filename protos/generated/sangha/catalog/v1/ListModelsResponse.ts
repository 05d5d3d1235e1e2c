// Original file: catalog/v1/catalog.proto

import type { ModelRow as _sangha_catalog_v1_ModelRow, ModelRow__Output as _sangha_catalog_v1_ModelRow__Output } from '../../../sangha/catalog/v1/ModelRow.ts';

export interface ListModelsResponse {
  'models'?: (_sangha_catalog_v1_ModelRow)[];
  'total'?: (number);
  'page'?: (number);
  'pageSize'?: (number);
}

export interface ListModelsResponse__Output {
  'models': (_sangha_catalog_v1_ModelRow__Output)[];
  'total': (number);
  'page': (number);
  'pageSize': (number);
}
