// Original file: tenant/v1/tenant.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateOrganizationRequest as _sangha_tenant_v1_CreateOrganizationRequest, CreateOrganizationRequest__Output as _sangha_tenant_v1_CreateOrganizationRequest__Output } from '../../../sangha/tenant/v1/CreateOrganizationRequest.ts';
import type { ListOrganizationsRequest as _sangha_tenant_v1_ListOrganizationsRequest, ListOrganizationsRequest__Output as _sangha_tenant_v1_ListOrganizationsRequest__Output } from '../../../sangha/tenant/v1/ListOrganizationsRequest.ts';
import type { ListOrganizationsResponse as _sangha_tenant_v1_ListOrganizationsResponse, ListOrganizationsResponse__Output as _sangha_tenant_v1_ListOrganizationsResponse__Output } from '../../../sangha/tenant/v1/ListOrganizationsResponse.ts';
import type { Organization as _sangha_tenant_v1_Organization, Organization__Output as _sangha_tenant_v1_Organization__Output } from '../../../sangha/tenant/v1/Organization.ts';
import type { UpdateOrganizationRequest as _sangha_tenant_v1_UpdateOrganizationRequest, UpdateOrganizationRequest__Output as _sangha_tenant_v1_UpdateOrganizationRequest__Output } from '../../../sangha/tenant/v1/UpdateOrganizationRequest.ts';

/**
 * The platform operator's door. Caller: platform context only.
 */
export interface OrganizationsClient extends grpc.Client {
  /**
   * ALREADY_EXISTS (org_slug_taken). Makes the organisation, its data key and its first admin in one transaction.
   */
  CreateOrganization(argument: _sangha_tenant_v1_CreateOrganizationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  CreateOrganization(argument: _sangha_tenant_v1_CreateOrganizationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  CreateOrganization(argument: _sangha_tenant_v1_CreateOrganizationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  CreateOrganization(argument: _sangha_tenant_v1_CreateOrganizationRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  /**
   * ALREADY_EXISTS (org_slug_taken). Makes the organisation, its data key and its first admin in one transaction.
   */
  createOrganization(argument: _sangha_tenant_v1_CreateOrganizationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  createOrganization(argument: _sangha_tenant_v1_CreateOrganizationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  createOrganization(argument: _sangha_tenant_v1_CreateOrganizationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  createOrganization(argument: _sangha_tenant_v1_CreateOrganizationRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  
  ListOrganizations(argument: _sangha_tenant_v1_ListOrganizationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListOrganizationsResponse__Output>): grpc.ClientUnaryCall;
  ListOrganizations(argument: _sangha_tenant_v1_ListOrganizationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_ListOrganizationsResponse__Output>): grpc.ClientUnaryCall;
  ListOrganizations(argument: _sangha_tenant_v1_ListOrganizationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListOrganizationsResponse__Output>): grpc.ClientUnaryCall;
  ListOrganizations(argument: _sangha_tenant_v1_ListOrganizationsRequest, callback: grpc.requestCallback<_sangha_tenant_v1_ListOrganizationsResponse__Output>): grpc.ClientUnaryCall;
  listOrganizations(argument: _sangha_tenant_v1_ListOrganizationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListOrganizationsResponse__Output>): grpc.ClientUnaryCall;
  listOrganizations(argument: _sangha_tenant_v1_ListOrganizationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_ListOrganizationsResponse__Output>): grpc.ClientUnaryCall;
  listOrganizations(argument: _sangha_tenant_v1_ListOrganizationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListOrganizationsResponse__Output>): grpc.ClientUnaryCall;
  listOrganizations(argument: _sangha_tenant_v1_ListOrganizationsRequest, callback: grpc.requestCallback<_sangha_tenant_v1_ListOrganizationsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Display name and status (active | suspended | deleted).
   */
  UpdateOrganization(argument: _sangha_tenant_v1_UpdateOrganizationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  UpdateOrganization(argument: _sangha_tenant_v1_UpdateOrganizationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  UpdateOrganization(argument: _sangha_tenant_v1_UpdateOrganizationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  UpdateOrganization(argument: _sangha_tenant_v1_UpdateOrganizationRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  /**
   * Display name and status (active | suspended | deleted).
   */
  updateOrganization(argument: _sangha_tenant_v1_UpdateOrganizationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  updateOrganization(argument: _sangha_tenant_v1_UpdateOrganizationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  updateOrganization(argument: _sangha_tenant_v1_UpdateOrganizationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  updateOrganization(argument: _sangha_tenant_v1_UpdateOrganizationRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  
}

/**
 * The platform operator's door. Caller: platform context only.
 */
export interface OrganizationsHandlers extends grpc.UntypedServiceImplementation {
  /**
   * ALREADY_EXISTS (org_slug_taken). Makes the organisation, its data key and its first admin in one transaction.
   */
  CreateOrganization: grpc.handleUnaryCall<_sangha_tenant_v1_CreateOrganizationRequest__Output, _sangha_tenant_v1_Organization>;
  
  ListOrganizations: grpc.handleUnaryCall<_sangha_tenant_v1_ListOrganizationsRequest__Output, _sangha_tenant_v1_ListOrganizationsResponse>;
  
  /**
   * Display name and status (active | suspended | deleted).
   */
  UpdateOrganization: grpc.handleUnaryCall<_sangha_tenant_v1_UpdateOrganizationRequest__Output, _sangha_tenant_v1_Organization>;
  
}

export interface OrganizationsDefinition extends grpc.ServiceDefinition {
  CreateOrganization: MethodDefinition<_sangha_tenant_v1_CreateOrganizationRequest, _sangha_tenant_v1_Organization, _sangha_tenant_v1_CreateOrganizationRequest__Output, _sangha_tenant_v1_Organization__Output>
  ListOrganizations: MethodDefinition<_sangha_tenant_v1_ListOrganizationsRequest, _sangha_tenant_v1_ListOrganizationsResponse, _sangha_tenant_v1_ListOrganizationsRequest__Output, _sangha_tenant_v1_ListOrganizationsResponse__Output>
  UpdateOrganization: MethodDefinition<_sangha_tenant_v1_UpdateOrganizationRequest, _sangha_tenant_v1_Organization, _sangha_tenant_v1_UpdateOrganizationRequest__Output, _sangha_tenant_v1_Organization__Output>
}
