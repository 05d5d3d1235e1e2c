// Original file: tenant/v1/tenant.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DeleteSettingRequest as _sangha_tenant_v1_DeleteSettingRequest, DeleteSettingRequest__Output as _sangha_tenant_v1_DeleteSettingRequest__Output } from '../../../sangha/tenant/v1/DeleteSettingRequest.ts';
import type { ListSettingsRequest as _sangha_tenant_v1_ListSettingsRequest, ListSettingsRequest__Output as _sangha_tenant_v1_ListSettingsRequest__Output } from '../../../sangha/tenant/v1/ListSettingsRequest.ts';
import type { ListSettingsResponse as _sangha_tenant_v1_ListSettingsResponse, ListSettingsResponse__Output as _sangha_tenant_v1_ListSettingsResponse__Output } from '../../../sangha/tenant/v1/ListSettingsResponse.ts';
import type { PutSettingRequest as _sangha_tenant_v1_PutSettingRequest, PutSettingRequest__Output as _sangha_tenant_v1_PutSettingRequest__Output } from '../../../sangha/tenant/v1/PutSettingRequest.ts';
import type { Setting as _sangha_tenant_v1_Setting, Setting__Output as _sangha_tenant_v1_Setting__Output } from '../../../sangha/tenant/v1/Setting.ts';

/**
 * Settings with their sources; writing needs resource_admin (organisation) or the platform context (platform).
 */
export interface SettingsClient extends grpc.Client {
  DeleteSetting(argument: _sangha_tenant_v1_DeleteSettingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  DeleteSetting(argument: _sangha_tenant_v1_DeleteSettingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  DeleteSetting(argument: _sangha_tenant_v1_DeleteSettingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  DeleteSetting(argument: _sangha_tenant_v1_DeleteSettingRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  deleteSetting(argument: _sangha_tenant_v1_DeleteSettingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  deleteSetting(argument: _sangha_tenant_v1_DeleteSettingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  deleteSetting(argument: _sangha_tenant_v1_DeleteSettingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  deleteSetting(argument: _sangha_tenant_v1_DeleteSettingRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  
  ListSettings(argument: _sangha_tenant_v1_ListSettingsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListSettingsResponse__Output>): grpc.ClientUnaryCall;
  ListSettings(argument: _sangha_tenant_v1_ListSettingsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_ListSettingsResponse__Output>): grpc.ClientUnaryCall;
  ListSettings(argument: _sangha_tenant_v1_ListSettingsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListSettingsResponse__Output>): grpc.ClientUnaryCall;
  ListSettings(argument: _sangha_tenant_v1_ListSettingsRequest, callback: grpc.requestCallback<_sangha_tenant_v1_ListSettingsResponse__Output>): grpc.ClientUnaryCall;
  listSettings(argument: _sangha_tenant_v1_ListSettingsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListSettingsResponse__Output>): grpc.ClientUnaryCall;
  listSettings(argument: _sangha_tenant_v1_ListSettingsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_ListSettingsResponse__Output>): grpc.ClientUnaryCall;
  listSettings(argument: _sangha_tenant_v1_ListSettingsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListSettingsResponse__Output>): grpc.ClientUnaryCall;
  listSettings(argument: _sangha_tenant_v1_ListSettingsRequest, callback: grpc.requestCallback<_sangha_tenant_v1_ListSettingsResponse__Output>): grpc.ClientUnaryCall;
  
  PutSetting(argument: _sangha_tenant_v1_PutSettingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  PutSetting(argument: _sangha_tenant_v1_PutSettingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  PutSetting(argument: _sangha_tenant_v1_PutSettingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  PutSetting(argument: _sangha_tenant_v1_PutSettingRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  putSetting(argument: _sangha_tenant_v1_PutSettingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  putSetting(argument: _sangha_tenant_v1_PutSettingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  putSetting(argument: _sangha_tenant_v1_PutSettingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  putSetting(argument: _sangha_tenant_v1_PutSettingRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Setting__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Settings with their sources; writing needs resource_admin (organisation) or the platform context (platform).
 */
export interface SettingsHandlers extends grpc.UntypedServiceImplementation {
  DeleteSetting: grpc.handleUnaryCall<_sangha_tenant_v1_DeleteSettingRequest__Output, _sangha_tenant_v1_Setting>;
  
  ListSettings: grpc.handleUnaryCall<_sangha_tenant_v1_ListSettingsRequest__Output, _sangha_tenant_v1_ListSettingsResponse>;
  
  PutSetting: grpc.handleUnaryCall<_sangha_tenant_v1_PutSettingRequest__Output, _sangha_tenant_v1_Setting>;
  
}

export interface SettingsDefinition extends grpc.ServiceDefinition {
  DeleteSetting: MethodDefinition<_sangha_tenant_v1_DeleteSettingRequest, _sangha_tenant_v1_Setting, _sangha_tenant_v1_DeleteSettingRequest__Output, _sangha_tenant_v1_Setting__Output>
  ListSettings: MethodDefinition<_sangha_tenant_v1_ListSettingsRequest, _sangha_tenant_v1_ListSettingsResponse, _sangha_tenant_v1_ListSettingsRequest__Output, _sangha_tenant_v1_ListSettingsResponse__Output>
  PutSetting: MethodDefinition<_sangha_tenant_v1_PutSettingRequest, _sangha_tenant_v1_Setting, _sangha_tenant_v1_PutSettingRequest__Output, _sangha_tenant_v1_Setting__Output>
}
