// Original file: events/v1/events.proto

import type { Long } from '@grpc/proto-loader';

/**
 * downloads.progress.<org>: at most 2 per second and job.
 */
export interface DownloadProgress {
  'orgId'?: (string);
  'downloadId'?: (string);
  'downloadedBytes'?: (number | string | Long);
  'totalBytes'?: (number | string | Long);
}

/**
 * downloads.progress.<org>: at most 2 per second and job.
 */
export interface DownloadProgress__Output {
  'orgId': (string);
  'downloadId': (string);
  'downloadedBytes': (number);
  'totalBytes': (number);
}
