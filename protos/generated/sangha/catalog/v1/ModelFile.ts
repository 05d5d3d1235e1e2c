// Original file: catalog/v1/catalog.proto

import type { Long } from '@grpc/proto-loader';

export interface ModelFile {
  'id'?: (string);
  'source'?: (string);
  'repo'?: (string);
  'filename'?: (string);
  'snapshot'?: (string);
  'sha256'?: (string);
  'sizeBytes'?: (number | string | Long);
  'architecture'?: (string);
  'parameters'?: (number | string | Long);
  'quantization'?: (string);
  'contextLength'?: (number);
  'chatTemplate'?: (string);
  'chatTemplateSource'?: (string);
  'capabilities'?: (string)[];
  'license'?: (string);
  'name'?: (string);
  'createdAt'?: (string);
  'updatedAt'?: (string);
}

export interface ModelFile__Output {
  'id': (string);
  'source': (string);
  'repo': (string);
  'filename': (string);
  'snapshot': (string);
  'sha256': (string);
  'sizeBytes': (number);
  'architecture': (string);
  'parameters': (number);
  'quantization': (string);
  'contextLength': (number);
  'chatTemplate': (string);
  'chatTemplateSource': (string);
  'capabilities': (string)[];
  'license': (string);
  'name': (string);
  'createdAt': (string);
  'updatedAt': (string);
}
