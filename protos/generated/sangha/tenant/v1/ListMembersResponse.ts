// Original file: tenant/v1/tenant.proto

import type { Member as _sangha_tenant_v1_Member, Member__Output as _sangha_tenant_v1_Member__Output } from '../../../sangha/tenant/v1/Member.ts';

export interface ListMembersResponse {
  'members'?: (_sangha_tenant_v1_Member)[];
  'total'?: (number);
  'page'?: (number);
  'pageSize'?: (number);
}

export interface ListMembersResponse__Output {
  'members': (_sangha_tenant_v1_Member__Output)[];
  'total': (number);
  'page': (number);
  'pageSize': (number);
}
