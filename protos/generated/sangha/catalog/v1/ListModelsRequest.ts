// Original file: catalog/v1/catalog.proto

import type { Long } from '@grpc/proto-loader';

export interface ListModelsRequest {
  'page'?: (number);
  'pageSize'?: (number);
  'sort'?: (string);
  'sortOrder'?: (string);
  'type'?: (string);
  'apiFormat'?: (string);
  'sizeMin'?: (number | string | Long);
  'sizeMax'?: (number | string | Long);
  'capability'?: (string);
  'search'?: (string);
  '_sizeMin'?: "sizeMin";
  '_sizeMax'?: "sizeMax";
}

export interface ListModelsRequest__Output {
  'page': (number);
  'pageSize': (number);
  'sort': (string);
  'sortOrder': (string);
  'type': (string);
  'apiFormat': (string);
  'sizeMin'?: (number);
  'sizeMax'?: (number);
  'capability': (string);
  'search': (string);
  '_sizeMin'?: "sizeMin";
  '_sizeMax'?: "sizeMax";
}
