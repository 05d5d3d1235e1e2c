// Original file: events/v1/events.proto

import type { Long } from '@grpc/proto-loader';

/**
 * downloads.finished.<org>: the file is in the store and linked to the organisation.
 */
export interface DownloadFinished {
  'orgId'?: (string);
  'userId'?: (string);
  'downloadId'?: (string);
  /**
   * hub | local
   */
  'source'?: (string);
  'repo'?: (string);
  'filename'?: (string);
  'snapshot'?: (string);
  'sha256'?: (string);
  'sizeBytes'?: (number | string | Long);
}

/**
 * downloads.finished.<org>: the file is in the store and linked to the organisation.
 */
export interface DownloadFinished__Output {
  'orgId': (string);
  'userId': (string);
  'downloadId': (string);
  /**
   * hub | local
   */
  'source': (string);
  'repo': (string);
  'filename': (string);
  'snapshot': (string);
  'sha256': (string);
  'sizeBytes': (number);
}
