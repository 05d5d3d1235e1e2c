// Original file: download/v1/download.proto

import type { Long } from '@grpc/proto-loader';

export interface Download {
  'id'?: (string);
  'repo'?: (string);
  'filename'?: (string);
  'revision'?: (string);
  /**
   * queued | running | completed | failed | cancelled | archived
   */
  'status'?: (string);
  /**
   * hub_gated | hub_not_found | hub_rate_limited | hub_unreachable | disk_full | hash_mismatch | not_a_gguf | …
   */
  'errorCode'?: (string);
  /**
   * with the next step
   */
  'errorMessage'?: (string);
  'totalBytes'?: (number | string | Long);
  'downloadedBytes'?: (number | string | Long);
  'sha256'?: (string);
  'attempt'?: (number);
  /**
   * the commit that the revision meant
   */
  'snapshot'?: (string);
  'createdAt'?: (string);
  'updatedAt'?: (string);
  '_totalBytes'?: "totalBytes";
}

export interface Download__Output {
  'id': (string);
  'repo': (string);
  'filename': (string);
  'revision': (string);
  /**
   * queued | running | completed | failed | cancelled | archived
   */
  'status': (string);
  /**
   * hub_gated | hub_not_found | hub_rate_limited | hub_unreachable | disk_full | hash_mismatch | not_a_gguf | …
   */
  'errorCode': (string);
  /**
   * with the next step
   */
  'errorMessage': (string);
  'totalBytes'?: (number);
  'downloadedBytes': (number);
  'sha256': (string);
  'attempt': (number);
  /**
   * the commit that the revision meant
   */
  'snapshot': (string);
  'createdAt': (string);
  'updatedAt': (string);
  '_totalBytes'?: "totalBytes";
}
