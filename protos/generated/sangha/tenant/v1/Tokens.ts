// Original file: tenant/v1/tenant.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateTokenRequest as _sangha_tenant_v1_CreateTokenRequest, CreateTokenRequest__Output as _sangha_tenant_v1_CreateTokenRequest__Output } from '../../../sangha/tenant/v1/CreateTokenRequest.ts';
import type { CreateTokenResponse as _sangha_tenant_v1_CreateTokenResponse, CreateTokenResponse__Output as _sangha_tenant_v1_CreateTokenResponse__Output } from '../../../sangha/tenant/v1/CreateTokenResponse.ts';
import type { DeleteTokenRequest as _sangha_tenant_v1_DeleteTokenRequest, DeleteTokenRequest__Output as _sangha_tenant_v1_DeleteTokenRequest__Output } from '../../../sangha/tenant/v1/DeleteTokenRequest.ts';
import type { DeleteTokenResponse as _sangha_tenant_v1_DeleteTokenResponse, DeleteTokenResponse__Output as _sangha_tenant_v1_DeleteTokenResponse__Output } from '../../../sangha/tenant/v1/DeleteTokenResponse.ts';
import type { ListTokensRequest as _sangha_tenant_v1_ListTokensRequest, ListTokensRequest__Output as _sangha_tenant_v1_ListTokensRequest__Output } from '../../../sangha/tenant/v1/ListTokensRequest.ts';
import type { ListTokensResponse as _sangha_tenant_v1_ListTokensResponse, ListTokensResponse__Output as _sangha_tenant_v1_ListTokensResponse__Output } from '../../../sangha/tenant/v1/ListTokensResponse.ts';
import type { Token as _sangha_tenant_v1_Token, Token__Output as _sangha_tenant_v1_Token__Output } from '../../../sangha/tenant/v1/Token.ts';
import type { UpdateTokenRequest as _sangha_tenant_v1_UpdateTokenRequest, UpdateTokenRequest__Output as _sangha_tenant_v1_UpdateTokenRequest__Output } from '../../../sangha/tenant/v1/UpdateTokenRequest.ts';

/**
 * API tokens of the calling user. Somebody else's token answers NOT_FOUND.
 */
export interface TokensClient extends grpc.Client {
  /**
   * The only answer that holds the token's text.
   */
  CreateToken(argument: _sangha_tenant_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _sangha_tenant_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _sangha_tenant_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _sangha_tenant_v1_CreateTokenRequest, callback: grpc.requestCallback<_sangha_tenant_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The only answer that holds the token's text.
   */
  createToken(argument: _sangha_tenant_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  createToken(argument: _sangha_tenant_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  createToken(argument: _sangha_tenant_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  createToken(argument: _sangha_tenant_v1_CreateTokenRequest, callback: grpc.requestCallback<_sangha_tenant_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  
  DeleteToken(argument: _sangha_tenant_v1_DeleteTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_DeleteTokenResponse__Output>): grpc.ClientUnaryCall;
  DeleteToken(argument: _sangha_tenant_v1_DeleteTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_DeleteTokenResponse__Output>): grpc.ClientUnaryCall;
  DeleteToken(argument: _sangha_tenant_v1_DeleteTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_DeleteTokenResponse__Output>): grpc.ClientUnaryCall;
  DeleteToken(argument: _sangha_tenant_v1_DeleteTokenRequest, callback: grpc.requestCallback<_sangha_tenant_v1_DeleteTokenResponse__Output>): grpc.ClientUnaryCall;
  deleteToken(argument: _sangha_tenant_v1_DeleteTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_DeleteTokenResponse__Output>): grpc.ClientUnaryCall;
  deleteToken(argument: _sangha_tenant_v1_DeleteTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_DeleteTokenResponse__Output>): grpc.ClientUnaryCall;
  deleteToken(argument: _sangha_tenant_v1_DeleteTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_DeleteTokenResponse__Output>): grpc.ClientUnaryCall;
  deleteToken(argument: _sangha_tenant_v1_DeleteTokenRequest, callback: grpc.requestCallback<_sangha_tenant_v1_DeleteTokenResponse__Output>): grpc.ClientUnaryCall;
  
  ListTokens(argument: _sangha_tenant_v1_ListTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _sangha_tenant_v1_ListTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _sangha_tenant_v1_ListTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _sangha_tenant_v1_ListTokensRequest, callback: grpc.requestCallback<_sangha_tenant_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _sangha_tenant_v1_ListTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _sangha_tenant_v1_ListTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _sangha_tenant_v1_ListTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _sangha_tenant_v1_ListTokensRequest, callback: grpc.requestCallback<_sangha_tenant_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  
  UpdateToken(argument: _sangha_tenant_v1_UpdateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Token__Output>): grpc.ClientUnaryCall;
  UpdateToken(argument: _sangha_tenant_v1_UpdateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Token__Output>): grpc.ClientUnaryCall;
  UpdateToken(argument: _sangha_tenant_v1_UpdateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Token__Output>): grpc.ClientUnaryCall;
  UpdateToken(argument: _sangha_tenant_v1_UpdateTokenRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Token__Output>): grpc.ClientUnaryCall;
  updateToken(argument: _sangha_tenant_v1_UpdateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Token__Output>): grpc.ClientUnaryCall;
  updateToken(argument: _sangha_tenant_v1_UpdateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Token__Output>): grpc.ClientUnaryCall;
  updateToken(argument: _sangha_tenant_v1_UpdateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Token__Output>): grpc.ClientUnaryCall;
  updateToken(argument: _sangha_tenant_v1_UpdateTokenRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Token__Output>): grpc.ClientUnaryCall;
  
}

/**
 * API tokens of the calling user. Somebody else's token answers NOT_FOUND.
 */
export interface TokensHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The only answer that holds the token's text.
   */
  CreateToken: grpc.handleUnaryCall<_sangha_tenant_v1_CreateTokenRequest__Output, _sangha_tenant_v1_CreateTokenResponse>;
  
  DeleteToken: grpc.handleUnaryCall<_sangha_tenant_v1_DeleteTokenRequest__Output, _sangha_tenant_v1_DeleteTokenResponse>;
  
  ListTokens: grpc.handleUnaryCall<_sangha_tenant_v1_ListTokensRequest__Output, _sangha_tenant_v1_ListTokensResponse>;
  
  UpdateToken: grpc.handleUnaryCall<_sangha_tenant_v1_UpdateTokenRequest__Output, _sangha_tenant_v1_Token>;
  
}

export interface TokensDefinition extends grpc.ServiceDefinition {
  CreateToken: MethodDefinition<_sangha_tenant_v1_CreateTokenRequest, _sangha_tenant_v1_CreateTokenResponse, _sangha_tenant_v1_CreateTokenRequest__Output, _sangha_tenant_v1_CreateTokenResponse__Output>
  DeleteToken: MethodDefinition<_sangha_tenant_v1_DeleteTokenRequest, _sangha_tenant_v1_DeleteTokenResponse, _sangha_tenant_v1_DeleteTokenRequest__Output, _sangha_tenant_v1_DeleteTokenResponse__Output>
  ListTokens: MethodDefinition<_sangha_tenant_v1_ListTokensRequest, _sangha_tenant_v1_ListTokensResponse, _sangha_tenant_v1_ListTokensRequest__Output, _sangha_tenant_v1_ListTokensResponse__Output>
  UpdateToken: MethodDefinition<_sangha_tenant_v1_UpdateTokenRequest, _sangha_tenant_v1_Token, _sangha_tenant_v1_UpdateTokenRequest__Output, _sangha_tenant_v1_Token__Output>
}
