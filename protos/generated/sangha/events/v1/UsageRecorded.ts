// Original file: events/v1/events.proto

import type { Long } from '@grpc/proto-loader';

/**
 * usage.recorded.<org>: exact, also for aborted requests. Unique by (org, request id).
 */
export interface UsageRecorded {
  'orgId'?: (string);
  'userId'?: (string);
  'tokenId'?: (string);
  'requestId'?: (string);
  'model'?: (string);
  /**
   * local | remote
   */
  'source'?: (string);
  'promptTokens'?: (number | string | Long);
  'completionTokens'?: (number | string | Long);
  'cachedTokens'?: (number | string | Long);
  /**
   * completed | aborted | failed
   */
  'outcome'?: (string);
  /**
   * RFC 3339
   */
  'at'?: (string);
}

/**
 * usage.recorded.<org>: exact, also for aborted requests. Unique by (org, request id).
 */
export interface UsageRecorded__Output {
  'orgId': (string);
  'userId': (string);
  'tokenId': (string);
  'requestId': (string);
  'model': (string);
  /**
   * local | remote
   */
  'source': (string);
  'promptTokens': (number);
  'completionTokens': (number);
  'cachedTokens': (number);
  /**
   * completed | aborted | failed
   */
  'outcome': (string);
  /**
   * RFC 3339
   */
  'at': (string);
}
