// Original file: catalog/v1/catalog.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetModelRequest as _sangha_catalog_v1_GetModelRequest, GetModelRequest__Output as _sangha_catalog_v1_GetModelRequest__Output } from '../../../sangha/catalog/v1/GetModelRequest.ts';
import type { ListFilesRequest as _sangha_catalog_v1_ListFilesRequest, ListFilesRequest__Output as _sangha_catalog_v1_ListFilesRequest__Output } from '../../../sangha/catalog/v1/ListFilesRequest.ts';
import type { ListFilesResponse as _sangha_catalog_v1_ListFilesResponse, ListFilesResponse__Output as _sangha_catalog_v1_ListFilesResponse__Output } from '../../../sangha/catalog/v1/ListFilesResponse.ts';
import type { ListModelsRequest as _sangha_catalog_v1_ListModelsRequest, ListModelsRequest__Output as _sangha_catalog_v1_ListModelsRequest__Output } from '../../../sangha/catalog/v1/ListModelsRequest.ts';
import type { ListModelsResponse as _sangha_catalog_v1_ListModelsResponse, ListModelsResponse__Output as _sangha_catalog_v1_ListModelsResponse__Output } from '../../../sangha/catalog/v1/ListModelsResponse.ts';
import type { ModelFile as _sangha_catalog_v1_ModelFile, ModelFile__Output as _sangha_catalog_v1_ModelFile__Output } from '../../../sangha/catalog/v1/ModelFile.ts';
import type { ModelRow as _sangha_catalog_v1_ModelRow, ModelRow__Output as _sangha_catalog_v1_ModelRow__Output } from '../../../sangha/catalog/v1/ModelRow.ts';
import type { RegisterFileRequest as _sangha_catalog_v1_RegisterFileRequest, RegisterFileRequest__Output as _sangha_catalog_v1_RegisterFileRequest__Output } from '../../../sangha/catalog/v1/RegisterFileRequest.ts';

/**
 * Lists leave chat_template empty; GetModel answers it.
 */
export interface ModelsClient extends grpc.Client {
  GetModel(argument: _sangha_catalog_v1_GetModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ModelRow__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _sangha_catalog_v1_GetModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_ModelRow__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _sangha_catalog_v1_GetModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ModelRow__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _sangha_catalog_v1_GetModelRequest, callback: grpc.requestCallback<_sangha_catalog_v1_ModelRow__Output>): grpc.ClientUnaryCall;
  getModel(argument: _sangha_catalog_v1_GetModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ModelRow__Output>): grpc.ClientUnaryCall;
  getModel(argument: _sangha_catalog_v1_GetModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_ModelRow__Output>): grpc.ClientUnaryCall;
  getModel(argument: _sangha_catalog_v1_GetModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ModelRow__Output>): grpc.ClientUnaryCall;
  getModel(argument: _sangha_catalog_v1_GetModelRequest, callback: grpc.requestCallback<_sangha_catalog_v1_ModelRow__Output>): grpc.ClientUnaryCall;
  
  ListFiles(argument: _sangha_catalog_v1_ListFilesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListFilesResponse__Output>): grpc.ClientUnaryCall;
  ListFiles(argument: _sangha_catalog_v1_ListFilesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_ListFilesResponse__Output>): grpc.ClientUnaryCall;
  ListFiles(argument: _sangha_catalog_v1_ListFilesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListFilesResponse__Output>): grpc.ClientUnaryCall;
  ListFiles(argument: _sangha_catalog_v1_ListFilesRequest, callback: grpc.requestCallback<_sangha_catalog_v1_ListFilesResponse__Output>): grpc.ClientUnaryCall;
  listFiles(argument: _sangha_catalog_v1_ListFilesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListFilesResponse__Output>): grpc.ClientUnaryCall;
  listFiles(argument: _sangha_catalog_v1_ListFilesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_ListFilesResponse__Output>): grpc.ClientUnaryCall;
  listFiles(argument: _sangha_catalog_v1_ListFilesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListFilesResponse__Output>): grpc.ClientUnaryCall;
  listFiles(argument: _sangha_catalog_v1_ListFilesRequest, callback: grpc.requestCallback<_sangha_catalog_v1_ListFilesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Rows of every type (local_file, model_alias, api_model), page by page.
   */
  ListModels(argument: _sangha_catalog_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _sangha_catalog_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _sangha_catalog_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _sangha_catalog_v1_ListModelsRequest, callback: grpc.requestCallback<_sangha_catalog_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Rows of every type (local_file, model_alias, api_model), page by page.
   */
  listModels(argument: _sangha_catalog_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _sangha_catalog_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _sangha_catalog_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _sangha_catalog_v1_ListModelsRequest, callback: grpc.requestCallback<_sangha_catalog_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Reads the metadata of a blob that the organisation holds and keeps it. Idempotent. Called by the consumer of `downloads.finished`.
   */
  RegisterFile(argument: _sangha_catalog_v1_RegisterFileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ModelFile__Output>): grpc.ClientUnaryCall;
  RegisterFile(argument: _sangha_catalog_v1_RegisterFileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_ModelFile__Output>): grpc.ClientUnaryCall;
  RegisterFile(argument: _sangha_catalog_v1_RegisterFileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ModelFile__Output>): grpc.ClientUnaryCall;
  RegisterFile(argument: _sangha_catalog_v1_RegisterFileRequest, callback: grpc.requestCallback<_sangha_catalog_v1_ModelFile__Output>): grpc.ClientUnaryCall;
  /**
   * Reads the metadata of a blob that the organisation holds and keeps it. Idempotent. Called by the consumer of `downloads.finished`.
   */
  registerFile(argument: _sangha_catalog_v1_RegisterFileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ModelFile__Output>): grpc.ClientUnaryCall;
  registerFile(argument: _sangha_catalog_v1_RegisterFileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_ModelFile__Output>): grpc.ClientUnaryCall;
  registerFile(argument: _sangha_catalog_v1_RegisterFileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ModelFile__Output>): grpc.ClientUnaryCall;
  registerFile(argument: _sangha_catalog_v1_RegisterFileRequest, callback: grpc.requestCallback<_sangha_catalog_v1_ModelFile__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Lists leave chat_template empty; GetModel answers it.
 */
export interface ModelsHandlers extends grpc.UntypedServiceImplementation {
  GetModel: grpc.handleUnaryCall<_sangha_catalog_v1_GetModelRequest__Output, _sangha_catalog_v1_ModelRow>;
  
  ListFiles: grpc.handleUnaryCall<_sangha_catalog_v1_ListFilesRequest__Output, _sangha_catalog_v1_ListFilesResponse>;
  
  /**
   * Rows of every type (local_file, model_alias, api_model), page by page.
   */
  ListModels: grpc.handleUnaryCall<_sangha_catalog_v1_ListModelsRequest__Output, _sangha_catalog_v1_ListModelsResponse>;
  
  /**
   * Reads the metadata of a blob that the organisation holds and keeps it. Idempotent. Called by the consumer of `downloads.finished`.
   */
  RegisterFile: grpc.handleUnaryCall<_sangha_catalog_v1_RegisterFileRequest__Output, _sangha_catalog_v1_ModelFile>;
  
}

export interface ModelsDefinition extends grpc.ServiceDefinition {
  GetModel: MethodDefinition<_sangha_catalog_v1_GetModelRequest, _sangha_catalog_v1_ModelRow, _sangha_catalog_v1_GetModelRequest__Output, _sangha_catalog_v1_ModelRow__Output>
  ListFiles: MethodDefinition<_sangha_catalog_v1_ListFilesRequest, _sangha_catalog_v1_ListFilesResponse, _sangha_catalog_v1_ListFilesRequest__Output, _sangha_catalog_v1_ListFilesResponse__Output>
  ListModels: MethodDefinition<_sangha_catalog_v1_ListModelsRequest, _sangha_catalog_v1_ListModelsResponse, _sangha_catalog_v1_ListModelsRequest__Output, _sangha_catalog_v1_ListModelsResponse__Output>
  RegisterFile: MethodDefinition<_sangha_catalog_v1_RegisterFileRequest, _sangha_catalog_v1_ModelFile, _sangha_catalog_v1_RegisterFileRequest__Output, _sangha_catalog_v1_ModelFile__Output>
}
