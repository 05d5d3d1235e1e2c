import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { ContextClaims as _sangha_identity_v1_ContextClaims, ContextClaims__Output as _sangha_identity_v1_ContextClaims__Output } from './sangha/identity/v1/ContextClaims.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  sangha: {
    identity: {
      v1: {
        ContextClaims: MessageTypeDefinition<_sangha_identity_v1_ContextClaims, _sangha_identity_v1_ContextClaims__Output>
      }
    }
  }
}

