// Original file: tenant/v1/tenant.proto

import type { UsageRow as _sangha_tenant_v1_UsageRow, UsageRow__Output as _sangha_tenant_v1_UsageRow__Output } from '../../../sangha/tenant/v1/UsageRow.ts';

export interface SummarizeUsageResponse {
  'rows'?: (_sangha_tenant_v1_UsageRow)[];
}

export interface SummarizeUsageResponse__Output {
  'rows': (_sangha_tenant_v1_UsageRow__Output)[];
}
