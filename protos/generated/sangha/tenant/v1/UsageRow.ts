// Original file: tenant/v1/tenant.proto

import type { Long } from '@grpc/proto-loader';

export interface UsageRow {
  'model'?: (string);
  'source'?: (string);
  'requests'?: (number | string | Long);
  'promptTokens'?: (number | string | Long);
  'completionTokens'?: (number | string | Long);
}

export interface UsageRow__Output {
  'model': (string);
  'source': (string);
  'requests': (number);
  'promptTokens': (number);
  'completionTokens': (number);
}
