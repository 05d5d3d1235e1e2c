// Original file: events/v1/events.proto


/**
 * downloads.requested.<org>: work for one worker. A retry carries a new attempt, so its message id is new.
 */
export interface DownloadRequested {
  'orgId'?: (string);
  'downloadId'?: (string);
  'attempt'?: (number);
}

/**
 * downloads.requested.<org>: work for one worker. A retry carries a new attempt, so its message id is new.
 */
export interface DownloadRequested__Output {
  'orgId': (string);
  'downloadId': (string);
  'attempt': (number);
}
