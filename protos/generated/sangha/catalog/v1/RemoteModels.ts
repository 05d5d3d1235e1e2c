// Original file: catalog/v1/catalog.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DeleteRemoteModelRequest as _sangha_catalog_v1_DeleteRemoteModelRequest, DeleteRemoteModelRequest__Output as _sangha_catalog_v1_DeleteRemoteModelRequest__Output } from '../../../sangha/catalog/v1/DeleteRemoteModelRequest.ts';
import type { DeleteRemoteModelResponse as _sangha_catalog_v1_DeleteRemoteModelResponse, DeleteRemoteModelResponse__Output as _sangha_catalog_v1_DeleteRemoteModelResponse__Output } from '../../../sangha/catalog/v1/DeleteRemoteModelResponse.ts';
import type { GetRemoteModelRequest as _sangha_catalog_v1_GetRemoteModelRequest, GetRemoteModelRequest__Output as _sangha_catalog_v1_GetRemoteModelRequest__Output } from '../../../sangha/catalog/v1/GetRemoteModelRequest.ts';
import type { RemoteModel as _sangha_catalog_v1_RemoteModel, RemoteModel__Output as _sangha_catalog_v1_RemoteModel__Output } from '../../../sangha/catalog/v1/RemoteModel.ts';
import type { RemoteModelInput as _sangha_catalog_v1_RemoteModelInput, RemoteModelInput__Output as _sangha_catalog_v1_RemoteModelInput__Output } from '../../../sangha/catalog/v1/RemoteModelInput.ts';

/**
 * Models of other providers, for signed-in people only. The key leaves through Resolver.Resolve alone, and is bound to the row and origin it was entered for.
 */
export interface RemoteModelsClient extends grpc.Client {
  CreateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  CreateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  CreateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  CreateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  createRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  createRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  createRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  createRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  
  DeleteRemoteModel(argument: _sangha_catalog_v1_DeleteRemoteModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteRemoteModelResponse__Output>): grpc.ClientUnaryCall;
  DeleteRemoteModel(argument: _sangha_catalog_v1_DeleteRemoteModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteRemoteModelResponse__Output>): grpc.ClientUnaryCall;
  DeleteRemoteModel(argument: _sangha_catalog_v1_DeleteRemoteModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteRemoteModelResponse__Output>): grpc.ClientUnaryCall;
  DeleteRemoteModel(argument: _sangha_catalog_v1_DeleteRemoteModelRequest, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteRemoteModelResponse__Output>): grpc.ClientUnaryCall;
  deleteRemoteModel(argument: _sangha_catalog_v1_DeleteRemoteModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteRemoteModelResponse__Output>): grpc.ClientUnaryCall;
  deleteRemoteModel(argument: _sangha_catalog_v1_DeleteRemoteModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteRemoteModelResponse__Output>): grpc.ClientUnaryCall;
  deleteRemoteModel(argument: _sangha_catalog_v1_DeleteRemoteModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteRemoteModelResponse__Output>): grpc.ClientUnaryCall;
  deleteRemoteModel(argument: _sangha_catalog_v1_DeleteRemoteModelRequest, callback: grpc.requestCallback<_sangha_catalog_v1_DeleteRemoteModelResponse__Output>): grpc.ClientUnaryCall;
  
  GetRemoteModel(argument: _sangha_catalog_v1_GetRemoteModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  GetRemoteModel(argument: _sangha_catalog_v1_GetRemoteModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  GetRemoteModel(argument: _sangha_catalog_v1_GetRemoteModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  GetRemoteModel(argument: _sangha_catalog_v1_GetRemoteModelRequest, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  getRemoteModel(argument: _sangha_catalog_v1_GetRemoteModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  getRemoteModel(argument: _sangha_catalog_v1_GetRemoteModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  getRemoteModel(argument: _sangha_catalog_v1_GetRemoteModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  getRemoteModel(argument: _sangha_catalog_v1_GetRemoteModelRequest, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  
  UpdateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  UpdateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  UpdateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  UpdateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  updateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  updateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  updateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  updateRemoteModel(argument: _sangha_catalog_v1_RemoteModelInput, callback: grpc.requestCallback<_sangha_catalog_v1_RemoteModel__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Models of other providers, for signed-in people only. The key leaves through Resolver.Resolve alone, and is bound to the row and origin it was entered for.
 */
export interface RemoteModelsHandlers extends grpc.UntypedServiceImplementation {
  CreateRemoteModel: grpc.handleUnaryCall<_sangha_catalog_v1_RemoteModelInput__Output, _sangha_catalog_v1_RemoteModel>;
  
  DeleteRemoteModel: grpc.handleUnaryCall<_sangha_catalog_v1_DeleteRemoteModelRequest__Output, _sangha_catalog_v1_DeleteRemoteModelResponse>;
  
  GetRemoteModel: grpc.handleUnaryCall<_sangha_catalog_v1_GetRemoteModelRequest__Output, _sangha_catalog_v1_RemoteModel>;
  
  UpdateRemoteModel: grpc.handleUnaryCall<_sangha_catalog_v1_RemoteModelInput__Output, _sangha_catalog_v1_RemoteModel>;
  
}

export interface RemoteModelsDefinition extends grpc.ServiceDefinition {
  CreateRemoteModel: MethodDefinition<_sangha_catalog_v1_RemoteModelInput, _sangha_catalog_v1_RemoteModel, _sangha_catalog_v1_RemoteModelInput__Output, _sangha_catalog_v1_RemoteModel__Output>
  DeleteRemoteModel: MethodDefinition<_sangha_catalog_v1_DeleteRemoteModelRequest, _sangha_catalog_v1_DeleteRemoteModelResponse, _sangha_catalog_v1_DeleteRemoteModelRequest__Output, _sangha_catalog_v1_DeleteRemoteModelResponse__Output>
  GetRemoteModel: MethodDefinition<_sangha_catalog_v1_GetRemoteModelRequest, _sangha_catalog_v1_RemoteModel, _sangha_catalog_v1_GetRemoteModelRequest__Output, _sangha_catalog_v1_RemoteModel__Output>
  UpdateRemoteModel: MethodDefinition<_sangha_catalog_v1_RemoteModelInput, _sangha_catalog_v1_RemoteModel, _sangha_catalog_v1_RemoteModelInput__Output, _sangha_catalog_v1_RemoteModel__Output>
}
