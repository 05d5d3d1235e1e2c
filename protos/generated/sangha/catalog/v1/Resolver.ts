// Original file: catalog/v1/catalog.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListNamesRequest as _sangha_catalog_v1_ListNamesRequest, ListNamesRequest__Output as _sangha_catalog_v1_ListNamesRequest__Output } from '../../../sangha/catalog/v1/ListNamesRequest.ts';
import type { ListNamesResponse as _sangha_catalog_v1_ListNamesResponse, ListNamesResponse__Output as _sangha_catalog_v1_ListNamesResponse__Output } from '../../../sangha/catalog/v1/ListNamesResponse.ts';
import type { ResolveRequest as _sangha_catalog_v1_ResolveRequest, ResolveRequest__Output as _sangha_catalog_v1_ResolveRequest__Output } from '../../../sangha/catalog/v1/ResolveRequest.ts';
import type { Target as _sangha_catalog_v1_Target, Target__Output as _sangha_catalog_v1_Target__Output } from '../../../sangha/catalog/v1/Target.ts';

/**
 * Names. An asker's name resolves in this order: own alias, alias shared in the organisation, remote model
 * (prefix + model id), file of the organisation (<repo>:<quantization>, or <file name> for a file from a local folder).
 */
export interface ResolverClient extends grpc.Client {
  /**
   * Every name that the asker can call, sorted; `allowed` follows the grants in the context.
   */
  ListNames(argument: _sangha_catalog_v1_ListNamesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListNamesResponse__Output>): grpc.ClientUnaryCall;
  ListNames(argument: _sangha_catalog_v1_ListNamesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_ListNamesResponse__Output>): grpc.ClientUnaryCall;
  ListNames(argument: _sangha_catalog_v1_ListNamesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListNamesResponse__Output>): grpc.ClientUnaryCall;
  ListNames(argument: _sangha_catalog_v1_ListNamesRequest, callback: grpc.requestCallback<_sangha_catalog_v1_ListNamesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Every name that the asker can call, sorted; `allowed` follows the grants in the context.
   */
  listNames(argument: _sangha_catalog_v1_ListNamesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListNamesResponse__Output>): grpc.ClientUnaryCall;
  listNames(argument: _sangha_catalog_v1_ListNamesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_ListNamesResponse__Output>): grpc.ClientUnaryCall;
  listNames(argument: _sangha_catalog_v1_ListNamesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_ListNamesResponse__Output>): grpc.ClientUnaryCall;
  listNames(argument: _sangha_catalog_v1_ListNamesRequest, callback: grpc.requestCallback<_sangha_catalog_v1_ListNamesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * NOT_FOUND (model_not_found) also for what the asker may not use. The answer is cacheable for 30 s, invalidated by `catalog.changed.<org>`.
   */
  Resolve(argument: _sangha_catalog_v1_ResolveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Target__Output>): grpc.ClientUnaryCall;
  Resolve(argument: _sangha_catalog_v1_ResolveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_Target__Output>): grpc.ClientUnaryCall;
  Resolve(argument: _sangha_catalog_v1_ResolveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Target__Output>): grpc.ClientUnaryCall;
  Resolve(argument: _sangha_catalog_v1_ResolveRequest, callback: grpc.requestCallback<_sangha_catalog_v1_Target__Output>): grpc.ClientUnaryCall;
  /**
   * NOT_FOUND (model_not_found) also for what the asker may not use. The answer is cacheable for 30 s, invalidated by `catalog.changed.<org>`.
   */
  resolve(argument: _sangha_catalog_v1_ResolveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Target__Output>): grpc.ClientUnaryCall;
  resolve(argument: _sangha_catalog_v1_ResolveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_catalog_v1_Target__Output>): grpc.ClientUnaryCall;
  resolve(argument: _sangha_catalog_v1_ResolveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_catalog_v1_Target__Output>): grpc.ClientUnaryCall;
  resolve(argument: _sangha_catalog_v1_ResolveRequest, callback: grpc.requestCallback<_sangha_catalog_v1_Target__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Names. An asker's name resolves in this order: own alias, alias shared in the organisation, remote model
 * (prefix + model id), file of the organisation (<repo>:<quantization>, or <file name> for a file from a local folder).
 */
export interface ResolverHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Every name that the asker can call, sorted; `allowed` follows the grants in the context.
   */
  ListNames: grpc.handleUnaryCall<_sangha_catalog_v1_ListNamesRequest__Output, _sangha_catalog_v1_ListNamesResponse>;
  
  /**
   * NOT_FOUND (model_not_found) also for what the asker may not use. The answer is cacheable for 30 s, invalidated by `catalog.changed.<org>`.
   */
  Resolve: grpc.handleUnaryCall<_sangha_catalog_v1_ResolveRequest__Output, _sangha_catalog_v1_Target>;
  
}

export interface ResolverDefinition extends grpc.ServiceDefinition {
  ListNames: MethodDefinition<_sangha_catalog_v1_ListNamesRequest, _sangha_catalog_v1_ListNamesResponse, _sangha_catalog_v1_ListNamesRequest__Output, _sangha_catalog_v1_ListNamesResponse__Output>
  Resolve: MethodDefinition<_sangha_catalog_v1_ResolveRequest, _sangha_catalog_v1_Target, _sangha_catalog_v1_ResolveRequest__Output, _sangha_catalog_v1_Target__Output>
}
