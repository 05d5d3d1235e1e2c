// Original file: catalog/v1/catalog.proto

import type { ContextParams as _sangha_catalog_v1_ContextParams, ContextParams__Output as _sangha_catalog_v1_ContextParams__Output } from '../../../sangha/catalog/v1/ContextParams.ts';
import type { Long } from '@grpc/proto-loader';

export interface LocalTarget {
  /**
   * the blob
   */
  'sha256'?: (string);
  'sizeBytes'?: (number | string | Long);
  'architecture'?: (string);
  /**
   * trained, from the file
   */
  'contextLength'?: (number);
  /**
   * effective: alias > file > family; empty = none known
   */
  'chatTemplate'?: (string);
  /**
   * alias | file | family | none
   */
  'chatTemplateSource'?: (string);
  /**
   * from the alias
   */
  'context'?: (_sangha_catalog_v1_ContextParams | null);
  /**
   * chat, embeddings, tool_use, vision, reasoning
   */
  'capabilities'?: (string)[];
}

export interface LocalTarget__Output {
  /**
   * the blob
   */
  'sha256': (string);
  'sizeBytes': (number);
  'architecture': (string);
  /**
   * trained, from the file
   */
  'contextLength': (number);
  /**
   * effective: alias > file > family; empty = none known
   */
  'chatTemplate': (string);
  /**
   * alias | file | family | none
   */
  'chatTemplateSource': (string);
  /**
   * from the alias
   */
  'context': (_sangha_catalog_v1_ContextParams__Output | null);
  /**
   * chat, embeddings, tool_use, vision, reasoning
   */
  'capabilities': (string)[];
}
