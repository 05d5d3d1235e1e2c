// Original file: tenant/v1/tenant.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AuthenticateTokenRequest as _sangha_tenant_v1_AuthenticateTokenRequest, AuthenticateTokenRequest__Output as _sangha_tenant_v1_AuthenticateTokenRequest__Output } from '../../../sangha/tenant/v1/AuthenticateTokenRequest.ts';
import type { AuthenticatedToken as _sangha_tenant_v1_AuthenticatedToken, AuthenticatedToken__Output as _sangha_tenant_v1_AuthenticatedToken__Output } from '../../../sangha/tenant/v1/AuthenticatedToken.ts';
import type { EffectiveSettings as _sangha_tenant_v1_EffectiveSettings, EffectiveSettings__Output as _sangha_tenant_v1_EffectiveSettings__Output } from '../../../sangha/tenant/v1/EffectiveSettings.ts';
import type { FindOrganizationRequest as _sangha_tenant_v1_FindOrganizationRequest, FindOrganizationRequest__Output as _sangha_tenant_v1_FindOrganizationRequest__Output } from '../../../sangha/tenant/v1/FindOrganizationRequest.ts';
import type { GetEffectiveSettingsRequest as _sangha_tenant_v1_GetEffectiveSettingsRequest, GetEffectiveSettingsRequest__Output as _sangha_tenant_v1_GetEffectiveSettingsRequest__Output } from '../../../sangha/tenant/v1/GetEffectiveSettingsRequest.ts';
import type { GetOrganizationKeyRequest as _sangha_tenant_v1_GetOrganizationKeyRequest, GetOrganizationKeyRequest__Output as _sangha_tenant_v1_GetOrganizationKeyRequest__Output } from '../../../sangha/tenant/v1/GetOrganizationKeyRequest.ts';
import type { Organization as _sangha_tenant_v1_Organization, Organization__Output as _sangha_tenant_v1_Organization__Output } from '../../../sangha/tenant/v1/Organization.ts';
import type { OrganizationKey as _sangha_tenant_v1_OrganizationKey, OrganizationKey__Output as _sangha_tenant_v1_OrganizationKey__Output } from '../../../sangha/tenant/v1/OrganizationKey.ts';

/**
 * The directory answers the gateway's hot questions, before and after an organisation is known.
 * Its answers are cacheable for 30 s and invalidated by `registry.changed.<org>`.
 */
export interface DirectoryClient extends grpc.Client {
  /**
   * Looks up a token by the SHA-256 of its whole text and re-checks its owner's membership.
   * UNAUTHENTICATED (code token_invalid | token_expired | token_revoked) says nothing about which organisation. Caller: platform context.
   */
  AuthenticateToken(argument: _sangha_tenant_v1_AuthenticateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_AuthenticatedToken__Output>): grpc.ClientUnaryCall;
  AuthenticateToken(argument: _sangha_tenant_v1_AuthenticateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_AuthenticatedToken__Output>): grpc.ClientUnaryCall;
  AuthenticateToken(argument: _sangha_tenant_v1_AuthenticateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_AuthenticatedToken__Output>): grpc.ClientUnaryCall;
  AuthenticateToken(argument: _sangha_tenant_v1_AuthenticateTokenRequest, callback: grpc.requestCallback<_sangha_tenant_v1_AuthenticatedToken__Output>): grpc.ClientUnaryCall;
  /**
   * Looks up a token by the SHA-256 of its whole text and re-checks its owner's membership.
   * UNAUTHENTICATED (code token_invalid | token_expired | token_revoked) says nothing about which organisation. Caller: platform context.
   */
  authenticateToken(argument: _sangha_tenant_v1_AuthenticateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_AuthenticatedToken__Output>): grpc.ClientUnaryCall;
  authenticateToken(argument: _sangha_tenant_v1_AuthenticateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_AuthenticatedToken__Output>): grpc.ClientUnaryCall;
  authenticateToken(argument: _sangha_tenant_v1_AuthenticateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_AuthenticatedToken__Output>): grpc.ClientUnaryCall;
  authenticateToken(argument: _sangha_tenant_v1_AuthenticateTokenRequest, callback: grpc.requestCallback<_sangha_tenant_v1_AuthenticatedToken__Output>): grpc.ClientUnaryCall;
  
  /**
   * Exactly one selector. NOT_FOUND when there is none, also for deleted organisations. Caller: platform context.
   */
  FindOrganization(argument: _sangha_tenant_v1_FindOrganizationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  FindOrganization(argument: _sangha_tenant_v1_FindOrganizationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  FindOrganization(argument: _sangha_tenant_v1_FindOrganizationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  FindOrganization(argument: _sangha_tenant_v1_FindOrganizationRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  /**
   * Exactly one selector. NOT_FOUND when there is none, also for deleted organisations. Caller: platform context.
   */
  findOrganization(argument: _sangha_tenant_v1_FindOrganizationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  findOrganization(argument: _sangha_tenant_v1_FindOrganizationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  findOrganization(argument: _sangha_tenant_v1_FindOrganizationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  findOrganization(argument: _sangha_tenant_v1_FindOrganizationRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Organization__Output>): grpc.ClientUnaryCall;
  
  /**
   * Settings that apply to an organisation: its own over the platform's, each as JSON text. Caller: any context of that organisation;
   * the hub token is answered to the download worker only.
   */
  GetEffectiveSettings(argument: _sangha_tenant_v1_GetEffectiveSettingsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_EffectiveSettings__Output>): grpc.ClientUnaryCall;
  GetEffectiveSettings(argument: _sangha_tenant_v1_GetEffectiveSettingsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_EffectiveSettings__Output>): grpc.ClientUnaryCall;
  GetEffectiveSettings(argument: _sangha_tenant_v1_GetEffectiveSettingsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_EffectiveSettings__Output>): grpc.ClientUnaryCall;
  GetEffectiveSettings(argument: _sangha_tenant_v1_GetEffectiveSettingsRequest, callback: grpc.requestCallback<_sangha_tenant_v1_EffectiveSettings__Output>): grpc.ClientUnaryCall;
  /**
   * Settings that apply to an organisation: its own over the platform's, each as JSON text. Caller: any context of that organisation;
   * the hub token is answered to the download worker only.
   */
  getEffectiveSettings(argument: _sangha_tenant_v1_GetEffectiveSettingsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_EffectiveSettings__Output>): grpc.ClientUnaryCall;
  getEffectiveSettings(argument: _sangha_tenant_v1_GetEffectiveSettingsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_EffectiveSettings__Output>): grpc.ClientUnaryCall;
  getEffectiveSettings(argument: _sangha_tenant_v1_GetEffectiveSettingsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_EffectiveSettings__Output>): grpc.ClientUnaryCall;
  getEffectiveSettings(argument: _sangha_tenant_v1_GetEffectiveSettingsRequest, callback: grpc.requestCallback<_sangha_tenant_v1_EffectiveSettings__Output>): grpc.ClientUnaryCall;
  
  /**
   * The organisation's data key wrapped by the platform key; the asking service unwraps it in memory. Caller: any context of that organisation.
   */
  GetOrganizationKey(argument: _sangha_tenant_v1_GetOrganizationKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_OrganizationKey__Output>): grpc.ClientUnaryCall;
  GetOrganizationKey(argument: _sangha_tenant_v1_GetOrganizationKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_OrganizationKey__Output>): grpc.ClientUnaryCall;
  GetOrganizationKey(argument: _sangha_tenant_v1_GetOrganizationKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_OrganizationKey__Output>): grpc.ClientUnaryCall;
  GetOrganizationKey(argument: _sangha_tenant_v1_GetOrganizationKeyRequest, callback: grpc.requestCallback<_sangha_tenant_v1_OrganizationKey__Output>): grpc.ClientUnaryCall;
  /**
   * The organisation's data key wrapped by the platform key; the asking service unwraps it in memory. Caller: any context of that organisation.
   */
  getOrganizationKey(argument: _sangha_tenant_v1_GetOrganizationKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_OrganizationKey__Output>): grpc.ClientUnaryCall;
  getOrganizationKey(argument: _sangha_tenant_v1_GetOrganizationKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_OrganizationKey__Output>): grpc.ClientUnaryCall;
  getOrganizationKey(argument: _sangha_tenant_v1_GetOrganizationKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_OrganizationKey__Output>): grpc.ClientUnaryCall;
  getOrganizationKey(argument: _sangha_tenant_v1_GetOrganizationKeyRequest, callback: grpc.requestCallback<_sangha_tenant_v1_OrganizationKey__Output>): grpc.ClientUnaryCall;
  
}

/**
 * The directory answers the gateway's hot questions, before and after an organisation is known.
 * Its answers are cacheable for 30 s and invalidated by `registry.changed.<org>`.
 */
export interface DirectoryHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Looks up a token by the SHA-256 of its whole text and re-checks its owner's membership.
   * UNAUTHENTICATED (code token_invalid | token_expired | token_revoked) says nothing about which organisation. Caller: platform context.
   */
  AuthenticateToken: grpc.handleUnaryCall<_sangha_tenant_v1_AuthenticateTokenRequest__Output, _sangha_tenant_v1_AuthenticatedToken>;
  
  /**
   * Exactly one selector. NOT_FOUND when there is none, also for deleted organisations. Caller: platform context.
   */
  FindOrganization: grpc.handleUnaryCall<_sangha_tenant_v1_FindOrganizationRequest__Output, _sangha_tenant_v1_Organization>;
  
  /**
   * Settings that apply to an organisation: its own over the platform's, each as JSON text. Caller: any context of that organisation;
   * the hub token is answered to the download worker only.
   */
  GetEffectiveSettings: grpc.handleUnaryCall<_sangha_tenant_v1_GetEffectiveSettingsRequest__Output, _sangha_tenant_v1_EffectiveSettings>;
  
  /**
   * The organisation's data key wrapped by the platform key; the asking service unwraps it in memory. Caller: any context of that organisation.
   */
  GetOrganizationKey: grpc.handleUnaryCall<_sangha_tenant_v1_GetOrganizationKeyRequest__Output, _sangha_tenant_v1_OrganizationKey>;
  
}

export interface DirectoryDefinition extends grpc.ServiceDefinition {
  AuthenticateToken: MethodDefinition<_sangha_tenant_v1_AuthenticateTokenRequest, _sangha_tenant_v1_AuthenticatedToken, _sangha_tenant_v1_AuthenticateTokenRequest__Output, _sangha_tenant_v1_AuthenticatedToken__Output>
  FindOrganization: MethodDefinition<_sangha_tenant_v1_FindOrganizationRequest, _sangha_tenant_v1_Organization, _sangha_tenant_v1_FindOrganizationRequest__Output, _sangha_tenant_v1_Organization__Output>
  GetEffectiveSettings: MethodDefinition<_sangha_tenant_v1_GetEffectiveSettingsRequest, _sangha_tenant_v1_EffectiveSettings, _sangha_tenant_v1_GetEffectiveSettingsRequest__Output, _sangha_tenant_v1_EffectiveSettings__Output>
  GetOrganizationKey: MethodDefinition<_sangha_tenant_v1_GetOrganizationKeyRequest, _sangha_tenant_v1_OrganizationKey, _sangha_tenant_v1_GetOrganizationKeyRequest__Output, _sangha_tenant_v1_OrganizationKey__Output>
}
