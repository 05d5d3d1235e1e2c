// Original file: tenant/v1/tenant.proto

import type { Organization as _sangha_tenant_v1_Organization, Organization__Output as _sangha_tenant_v1_Organization__Output } from '../../../sangha/tenant/v1/Organization.ts';

export interface ListOrganizationsResponse {
  'organizations'?: (_sangha_tenant_v1_Organization)[];
  'total'?: (number);
  'page'?: (number);
  'pageSize'?: (number);
}

export interface ListOrganizationsResponse__Output {
  'organizations': (_sangha_tenant_v1_Organization__Output)[];
  'total': (number);
  'page': (number);
  'pageSize': (number);
}
