// Original file: catalog/v1/catalog.proto

import type { Long } from '@grpc/proto-loader';

export interface RegisterFileRequest {
  'source'?: (string);
  'repo'?: (string);
  'filename'?: (string);
  'snapshot'?: (string);
  'sha256'?: (string);
  'sizeBytes'?: (number | string | Long);
}

export interface RegisterFileRequest__Output {
  'source': (string);
  'repo': (string);
  'filename': (string);
  'snapshot': (string);
  'sha256': (string);
  'sizeBytes': (number);
}
