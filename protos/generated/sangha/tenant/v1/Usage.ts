// Original file: tenant/v1/tenant.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { SummarizeUsageRequest as _sangha_tenant_v1_SummarizeUsageRequest, SummarizeUsageRequest__Output as _sangha_tenant_v1_SummarizeUsageRequest__Output } from '../../../sangha/tenant/v1/SummarizeUsageRequest.ts';
import type { SummarizeUsageResponse as _sangha_tenant_v1_SummarizeUsageResponse, SummarizeUsageResponse__Output as _sangha_tenant_v1_SummarizeUsageResponse__Output } from '../../../sangha/tenant/v1/SummarizeUsageResponse.ts';

/**
 * Metered use of the caller's organisation, from `usage.recorded` events; each request id counts once.
 */
export interface UsageClient extends grpc.Client {
  SummarizeUsage(argument: _sangha_tenant_v1_SummarizeUsageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_SummarizeUsageResponse__Output>): grpc.ClientUnaryCall;
  SummarizeUsage(argument: _sangha_tenant_v1_SummarizeUsageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_SummarizeUsageResponse__Output>): grpc.ClientUnaryCall;
  SummarizeUsage(argument: _sangha_tenant_v1_SummarizeUsageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_SummarizeUsageResponse__Output>): grpc.ClientUnaryCall;
  SummarizeUsage(argument: _sangha_tenant_v1_SummarizeUsageRequest, callback: grpc.requestCallback<_sangha_tenant_v1_SummarizeUsageResponse__Output>): grpc.ClientUnaryCall;
  summarizeUsage(argument: _sangha_tenant_v1_SummarizeUsageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_SummarizeUsageResponse__Output>): grpc.ClientUnaryCall;
  summarizeUsage(argument: _sangha_tenant_v1_SummarizeUsageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_SummarizeUsageResponse__Output>): grpc.ClientUnaryCall;
  summarizeUsage(argument: _sangha_tenant_v1_SummarizeUsageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_SummarizeUsageResponse__Output>): grpc.ClientUnaryCall;
  summarizeUsage(argument: _sangha_tenant_v1_SummarizeUsageRequest, callback: grpc.requestCallback<_sangha_tenant_v1_SummarizeUsageResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Metered use of the caller's organisation, from `usage.recorded` events; each request id counts once.
 */
export interface UsageHandlers extends grpc.UntypedServiceImplementation {
  SummarizeUsage: grpc.handleUnaryCall<_sangha_tenant_v1_SummarizeUsageRequest__Output, _sangha_tenant_v1_SummarizeUsageResponse>;
  
}

export interface UsageDefinition extends grpc.ServiceDefinition {
  SummarizeUsage: MethodDefinition<_sangha_tenant_v1_SummarizeUsageRequest, _sangha_tenant_v1_SummarizeUsageResponse, _sangha_tenant_v1_SummarizeUsageRequest__Output, _sangha_tenant_v1_SummarizeUsageResponse__Output>
}
