// Original file: tenant/v1/tenant.proto

import type { Token as _sangha_tenant_v1_Token, Token__Output as _sangha_tenant_v1_Token__Output } from '../../../sangha/tenant/v1/Token.ts';

export interface CreateTokenResponse {
  'token'?: (_sangha_tenant_v1_Token | null);
  'text'?: (string);
}

export interface CreateTokenResponse__Output {
  'token': (_sangha_tenant_v1_Token__Output | null);
  'text': (string);
}
