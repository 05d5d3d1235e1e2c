// Original file: catalog/v1/catalog.proto

import type { Long } from '@grpc/proto-loader';

export interface Name {
  'name'?: (string);
  'ownedBy'?: (string);
  'created'?: (number | string | Long);
  'allowed'?: (boolean);
  'type'?: (string);
  'contextLength'?: (number);
  'capabilities'?: (string)[];
}

export interface Name__Output {
  'name': (string);
  'ownedBy': (string);
  'created': (number);
  'allowed': (boolean);
  'type': (string);
  'contextLength': (number);
  'capabilities': (string)[];
}
