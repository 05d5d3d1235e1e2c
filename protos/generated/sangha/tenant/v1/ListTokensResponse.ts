// Original file: tenant/v1/tenant.proto

import type { Token as _sangha_tenant_v1_Token, Token__Output as _sangha_tenant_v1_Token__Output } from '../../../sangha/tenant/v1/Token.ts';

export interface ListTokensResponse {
  'tokens'?: (_sangha_tenant_v1_Token)[];
  'total'?: (number);
  'page'?: (number);
  'pageSize'?: (number);
}

export interface ListTokensResponse__Output {
  'tokens': (_sangha_tenant_v1_Token__Output)[];
  'total': (number);
  'page': (number);
  'pageSize': (number);
}
