// Original file: tenant/v1/tenant.proto

import type { Setting as _sangha_tenant_v1_Setting, Setting__Output as _sangha_tenant_v1_Setting__Output } from '../../../sangha/tenant/v1/Setting.ts';

export interface ListSettingsResponse {
  'settings'?: (_sangha_tenant_v1_Setting)[];
}

export interface ListSettingsResponse__Output {
  'settings': (_sangha_tenant_v1_Setting__Output)[];
}
