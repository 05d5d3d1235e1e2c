// Original file: tenant/v1/tenant.proto


export interface SummarizeUsageRequest {
  'from'?: (string);
  'to'?: (string);
}

export interface SummarizeUsageRequest__Output {
  'from': (string);
  'to': (string);
}
