// Original file: catalog/v1/catalog.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Alias as _sangha_catalog_v1_Alias, Alias__Output as _sangha_catalog_v1_Alias__Output } from '../../../sangha/catalog/v1/Alias.ts';
import type { CopyAliasRequest as _sangha_catalog_v1_CopyAliasRequest, CopyAliasRequest__Output as _sangha_catalog_v1_CopyAliasRequest__Output } from '../../../sangha/catalog/v1/CopyAliasRequest.ts';
import type { DeleteAliasRequest as _sangha_catalog_v1_DeleteAliasRequest, DeleteAliasRequest__Output as _sangha_catalog_v1_DeleteAliasRequest__Output } from '../../../sangha/catalog/v1/DeleteAliasRequest.ts';
import type { DeleteAliasResponse as _sangha_catalog_v1_DeleteAliasResponse, DeleteAliasResponse__Output as _sangha_catalog_v1_DeleteAliasResponse__Output } from '../../../sangha/catalog/v1/DeleteAliasResponse.ts';
import type { GetAliasRequest as _sangha_catalog_v1_GetAliasRequest, GetAliasRequest__Output as _sangha_catalog_v1_GetAliasRequest__Output } from '../../../sangha/catalog/v1/GetAliasRequest.ts';

/**
 * Private aliases are their owner's; shared ones (visibility org) need resource_power_user, and are changed by their owner or a manager.
 */
export interface AliasesClient extends grpc.Client {
  CopyAlias(argument: _sangha_catalog_v1_CopyAliasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  CopyAlias(argument: _sangha_catalog_v1_CopyAliasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  CopyAlias(argument: _sangha_catalog_v1_CopyAliasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  CopyAlias(argument: _sangha_catalog_v1_CopyAliasRequest, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  copyAlias(argument: _sangha_catalog_v1_CopyAliasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  copyAlias(argument: _sangha_catalog_v1_CopyAliasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  copyAlias(argument: _sangha_catalog_v1_CopyAliasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  copyAlias(argument: _sangha_catalog_v1_CopyAliasRequest, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  
  CreateAlias(argument: _sangha_catalog_v1_Alias, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  CreateAlias(argument: _sangha_catalog_v1_Alias, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  CreateAlias(argument: _sangha_catalog_v1_Alias, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  CreateAlias(argument: _sangha_catalog_v1_Alias, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  createAlias(argument: _sangha_catalog_v1_Alias, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  createAlias(argument: _sangha_catalog_v1_Alias, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  createAlias(argument: _sangha_catalog_v1_Alias, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  createAlias(argument: _sangha_catalog_v1_Alias, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  
  DeleteAlias(argument: _sangha_catalog_v1_DeleteAliasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteAliasResponse__Output>): grpc.ClientUnaryCall;
  DeleteAlias(argument: _sangha_catalog_v1_DeleteAliasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteAliasResponse__Output>): grpc.ClientUnaryCall;
  DeleteAlias(argument: _sangha_catalog_v1_DeleteAliasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteAliasResponse__Output>): grpc.ClientUnaryCall;
  DeleteAlias(argument: _sangha_catalog_v1_DeleteAliasRequest, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteAliasResponse__Output>): grpc.ClientUnaryCall;
  deleteAlias(argument: _sangha_catalog_v1_DeleteAliasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteAliasResponse__Output>): grpc.ClientUnaryCall;
  deleteAlias(argument: _sangha_catalog_v1_DeleteAliasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteAliasResponse__Output>): grpc.ClientUnaryCall;
  deleteAlias(argument: _sangha_catalog_v1_DeleteAliasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteAliasResponse__Output>): grpc.ClientUnaryCall;
  deleteAlias(argument: _sangha_catalog_v1_DeleteAliasRequest, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteAliasResponse__Output>): grpc.ClientUnaryCall;
  
  GetAlias(argument: _sangha_catalog_v1_GetAliasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  GetAlias(argument: _sangha_catalog_v1_GetAliasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  GetAlias(argument: _sangha_catalog_v1_GetAliasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  GetAlias(argument: _sangha_catalog_v1_GetAliasRequest, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  getAlias(argument: _sangha_catalog_v1_GetAliasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  getAlias(argument: _sangha_catalog_v1_GetAliasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  getAlias(argument: _sangha_catalog_v1_GetAliasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  getAlias(argument: _sangha_catalog_v1_GetAliasRequest, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  
  UpdateAlias(argument: _sangha_catalog_v1_Alias, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  UpdateAlias(argument: _sangha_catalog_v1_Alias, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  UpdateAlias(argument: _sangha_catalog_v1_Alias, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  UpdateAlias(argument: _sangha_catalog_v1_Alias, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  updateAlias(argument: _sangha_catalog_v1_Alias, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  updateAlias(argument: _sangha_catalog_v1_Alias, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  updateAlias(argument: _sangha_catalog_v1_Alias, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  updateAlias(argument: _sangha_catalog_v1_Alias, callback: grpc.requestCallback<_sangha_catalog_v1_Alias__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Private aliases are their owner's; shared ones (visibility org) need resource_power_user, and are changed by their owner or a manager.
 */
export interface AliasesHandlers extends grpc.UntypedServiceImplementation {
  CopyAlias: grpc.handleUnaryCall<_sangha_catalog_v1_CopyAliasRequest__Output, _sangha_catalog_v1_Alias>;
  
  CreateAlias: grpc.handleUnaryCall<_sangha_catalog_v1_Alias__Output, _sangha_catalog_v1_Alias>;
  
  DeleteAlias: grpc.handleUnaryCall<_sangha_catalog_v1_DeleteAliasRequest__Output, _sangha_catalog_v1_DeleteAliasResponse>;
  
  GetAlias: grpc.handleUnaryCall<_sangha_catalog_v1_GetAliasRequest__Output, _sangha_catalog_v1_Alias>;
  
  UpdateAlias: grpc.handleUnaryCall<_sangha_catalog_v1_Alias__Output, _sangha_catalog_v1_Alias>;
  
}

export interface AliasesDefinition extends grpc.ServiceDefinition {
  CopyAlias: MethodDefinition<_sangha_catalog_v1_CopyAliasRequest, _sangha_catalog_v1_Alias, _sangha_catalog_v1_CopyAliasRequest__Output, _sangha_catalog_v1_Alias__Output>
  CreateAlias: MethodDefinition<_sangha_catalog_v1_Alias, _sangha_catalog_v1_Alias, _sangha_catalog_v1_Alias__Output, _sangha_catalog_v1_Alias__Output>
  DeleteAlias: MethodDefinition<_sangha_catalog_v1_DeleteAliasRequest, _sangha_catalog_v1_DeleteAliasResponse, _sangha_catalog_v1_DeleteAliasRequest__Output, _sangha_catalog_v1_DeleteAliasResponse__Output>
  GetAlias: MethodDefinition<_sangha_catalog_v1_GetAliasRequest, _sangha_catalog_v1_Alias, _sangha_catalog_v1_GetAliasRequest__Output, _sangha_catalog_v1_Alias__Output>
  UpdateAlias: MethodDefinition<_sangha_catalog_v1_Alias, _sangha_catalog_v1_Alias, _sangha_catalog_v1_Alias__Output, _sangha_catalog_v1_Alias__Output>
}
