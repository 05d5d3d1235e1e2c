// Original file: download/v1/download.proto

import type { Long } from '@grpc/proto-loader';

export interface ImportProgress {
  'hashedBytes'?: (number | string | Long);
  'totalBytes'?: (number | string | Long);
  'sha256'?: (string);
  'done'?: (boolean);
  'filename'?: (string);
  'repo'?: (string);
}

export interface ImportProgress__Output {
  'hashedBytes': (number);
  'totalBytes': (number);
  'sha256': (string);
  'done': (boolean);
  'filename': (string);
  'repo': (string);
}
