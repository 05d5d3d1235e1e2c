// Original file: catalog/v1/catalog.proto

import type { ModelFile as _sangha_catalog_v1_ModelFile, ModelFile__Output as _sangha_catalog_v1_ModelFile__Output } from '../../../sangha/catalog/v1/ModelFile.ts';
import type { Alias as _sangha_catalog_v1_Alias, Alias__Output as _sangha_catalog_v1_Alias__Output } from '../../../sangha/catalog/v1/Alias.ts';
import type { RemoteModel as _sangha_catalog_v1_RemoteModel, RemoteModel__Output as _sangha_catalog_v1_RemoteModel__Output } from '../../../sangha/catalog/v1/RemoteModel.ts';

export interface ModelRow {
  'type'?: (string);
  'access'?: (boolean);
  'name'?: (string);
  'file'?: (_sangha_catalog_v1_ModelFile | null);
  'alias'?: (_sangha_catalog_v1_Alias | null);
  'remote'?: (_sangha_catalog_v1_RemoteModel | null);
  'row'?: "file"|"alias"|"remote";
}

export interface ModelRow__Output {
  'type': (string);
  'access': (boolean);
  'name': (string);
  'file'?: (_sangha_catalog_v1_ModelFile__Output | null);
  'alias'?: (_sangha_catalog_v1_Alias__Output | null);
  'remote'?: (_sangha_catalog_v1_RemoteModel__Output | null);
  'row'?: "file"|"alias"|"remote";
}
