import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AddMemberRequest as _sangha_tenant_v1_AddMemberRequest, AddMemberRequest__Output as _sangha_tenant_v1_AddMemberRequest__Output } from './sangha/tenant/v1/AddMemberRequest.ts';
import type { AuthenticateTokenRequest as _sangha_tenant_v1_AuthenticateTokenRequest, AuthenticateTokenRequest__Output as _sangha_tenant_v1_AuthenticateTokenRequest__Output } from './sangha/tenant/v1/AuthenticateTokenRequest.ts';
import type { AuthenticatedToken as _sangha_tenant_v1_AuthenticatedToken, AuthenticatedToken__Output as _sangha_tenant_v1_AuthenticatedToken__Output } from './sangha/tenant/v1/AuthenticatedToken.ts';
import type { CreateOrganizationRequest as _sangha_tenant_v1_CreateOrganizationRequest, CreateOrganizationRequest__Output as _sangha_tenant_v1_CreateOrganizationRequest__Output } from './sangha/tenant/v1/CreateOrganizationRequest.ts';
import type { CreateTokenRequest as _sangha_tenant_v1_CreateTokenRequest, CreateTokenRequest__Output as _sangha_tenant_v1_CreateTokenRequest__Output } from './sangha/tenant/v1/CreateTokenRequest.ts';
import type { CreateTokenResponse as _sangha_tenant_v1_CreateTokenResponse, CreateTokenResponse__Output as _sangha_tenant_v1_CreateTokenResponse__Output } from './sangha/tenant/v1/CreateTokenResponse.ts';
import type { DeleteSettingRequest as _sangha_tenant_v1_DeleteSettingRequest, DeleteSettingRequest__Output as _sangha_tenant_v1_DeleteSettingRequest__Output } from './sangha/tenant/v1/DeleteSettingRequest.ts';
import type { DeleteTokenRequest as _sangha_tenant_v1_DeleteTokenRequest, DeleteTokenRequest__Output as _sangha_tenant_v1_DeleteTokenRequest__Output } from './sangha/tenant/v1/DeleteTokenRequest.ts';
import type { DeleteTokenResponse as _sangha_tenant_v1_DeleteTokenResponse, DeleteTokenResponse__Output as _sangha_tenant_v1_DeleteTokenResponse__Output } from './sangha/tenant/v1/DeleteTokenResponse.ts';
import type { DirectoryClient as _sangha_tenant_v1_DirectoryClient, DirectoryDefinition as _sangha_tenant_v1_DirectoryDefinition } from './sangha/tenant/v1/Directory.ts';
import type { EffectiveSettings as _sangha_tenant_v1_EffectiveSettings, EffectiveSettings__Output as _sangha_tenant_v1_EffectiveSettings__Output } from './sangha/tenant/v1/EffectiveSettings.ts';
import type { FindOrganizationRequest as _sangha_tenant_v1_FindOrganizationRequest, FindOrganizationRequest__Output as _sangha_tenant_v1_FindOrganizationRequest__Output } from './sangha/tenant/v1/FindOrganizationRequest.ts';
import type { GetEffectiveSettingsRequest as _sangha_tenant_v1_GetEffectiveSettingsRequest, GetEffectiveSettingsRequest__Output as _sangha_tenant_v1_GetEffectiveSettingsRequest__Output } from './sangha/tenant/v1/GetEffectiveSettingsRequest.ts';
import type { GetOrganizationKeyRequest as _sangha_tenant_v1_GetOrganizationKeyRequest, GetOrganizationKeyRequest__Output as _sangha_tenant_v1_GetOrganizationKeyRequest__Output } from './sangha/tenant/v1/GetOrganizationKeyRequest.ts';
import type { ListMembersRequest as _sangha_tenant_v1_ListMembersRequest, ListMembersRequest__Output as _sangha_tenant_v1_ListMembersRequest__Output } from './sangha/tenant/v1/ListMembersRequest.ts';
import type { ListMembersResponse as _sangha_tenant_v1_ListMembersResponse, ListMembersResponse__Output as _sangha_tenant_v1_ListMembersResponse__Output } from './sangha/tenant/v1/ListMembersResponse.ts';
import type { ListOrganizationsRequest as _sangha_tenant_v1_ListOrganizationsRequest, ListOrganizationsRequest__Output as _sangha_tenant_v1_ListOrganizationsRequest__Output } from './sangha/tenant/v1/ListOrganizationsRequest.ts';
import type { ListOrganizationsResponse as _sangha_tenant_v1_ListOrganizationsResponse, ListOrganizationsResponse__Output as _sangha_tenant_v1_ListOrganizationsResponse__Output } from './sangha/tenant/v1/ListOrganizationsResponse.ts';
import type { ListSettingsRequest as _sangha_tenant_v1_ListSettingsRequest, ListSettingsRequest__Output as _sangha_tenant_v1_ListSettingsRequest__Output } from './sangha/tenant/v1/ListSettingsRequest.ts';
import type { ListSettingsResponse as _sangha_tenant_v1_ListSettingsResponse, ListSettingsResponse__Output as _sangha_tenant_v1_ListSettingsResponse__Output } from './sangha/tenant/v1/ListSettingsResponse.ts';
import type { ListTokensRequest as _sangha_tenant_v1_ListTokensRequest, ListTokensRequest__Output as _sangha_tenant_v1_ListTokensRequest__Output } from './sangha/tenant/v1/ListTokensRequest.ts';
import type { ListTokensResponse as _sangha_tenant_v1_ListTokensResponse, ListTokensResponse__Output as _sangha_tenant_v1_ListTokensResponse__Output } from './sangha/tenant/v1/ListTokensResponse.ts';
import type { Member as _sangha_tenant_v1_Member, Member__Output as _sangha_tenant_v1_Member__Output } from './sangha/tenant/v1/Member.ts';
import type { MembersClient as _sangha_tenant_v1_MembersClient, MembersDefinition as _sangha_tenant_v1_MembersDefinition } from './sangha/tenant/v1/Members.ts';
import type { Organization as _sangha_tenant_v1_Organization, Organization__Output as _sangha_tenant_v1_Organization__Output } from './sangha/tenant/v1/Organization.ts';
import type { OrganizationKey as _sangha_tenant_v1_OrganizationKey, OrganizationKey__Output as _sangha_tenant_v1_OrganizationKey__Output } from './sangha/tenant/v1/OrganizationKey.ts';
import type { OrganizationsClient as _sangha_tenant_v1_OrganizationsClient, OrganizationsDefinition as _sangha_tenant_v1_OrganizationsDefinition } from './sangha/tenant/v1/Organizations.ts';
import type { PutSettingRequest as _sangha_tenant_v1_PutSettingRequest, PutSettingRequest__Output as _sangha_tenant_v1_PutSettingRequest__Output } from './sangha/tenant/v1/PutSettingRequest.ts';
import type { RemoveMemberRequest as _sangha_tenant_v1_RemoveMemberRequest, RemoveMemberRequest__Output as _sangha_tenant_v1_RemoveMemberRequest__Output } from './sangha/tenant/v1/RemoveMemberRequest.ts';
import type { RemoveMemberResponse as _sangha_tenant_v1_RemoveMemberResponse, RemoveMemberResponse__Output as _sangha_tenant_v1_RemoveMemberResponse__Output } from './sangha/tenant/v1/RemoveMemberResponse.ts';
import type { SetMemberRoleRequest as _sangha_tenant_v1_SetMemberRoleRequest, SetMemberRoleRequest__Output as _sangha_tenant_v1_SetMemberRoleRequest__Output } from './sangha/tenant/v1/SetMemberRoleRequest.ts';
import type { Setting as _sangha_tenant_v1_Setting, Setting__Output as _sangha_tenant_v1_Setting__Output } from './sangha/tenant/v1/Setting.ts';
import type { SettingsClient as _sangha_tenant_v1_SettingsClient, SettingsDefinition as _sangha_tenant_v1_SettingsDefinition } from './sangha/tenant/v1/Settings.ts';
import type { SummarizeUsageRequest as _sangha_tenant_v1_SummarizeUsageRequest, SummarizeUsageRequest__Output as _sangha_tenant_v1_SummarizeUsageRequest__Output } from './sangha/tenant/v1/SummarizeUsageRequest.ts';
import type { SummarizeUsageResponse as _sangha_tenant_v1_SummarizeUsageResponse, SummarizeUsageResponse__Output as _sangha_tenant_v1_SummarizeUsageResponse__Output } from './sangha/tenant/v1/SummarizeUsageResponse.ts';
import type { Token as _sangha_tenant_v1_Token, Token__Output as _sangha_tenant_v1_Token__Output } from './sangha/tenant/v1/Token.ts';
import type { TokensClient as _sangha_tenant_v1_TokensClient, TokensDefinition as _sangha_tenant_v1_TokensDefinition } from './sangha/tenant/v1/Tokens.ts';
import type { UpdateOrganizationRequest as _sangha_tenant_v1_UpdateOrganizationRequest, UpdateOrganizationRequest__Output as _sangha_tenant_v1_UpdateOrganizationRequest__Output } from './sangha/tenant/v1/UpdateOrganizationRequest.ts';
import type { UpdateTokenRequest as _sangha_tenant_v1_UpdateTokenRequest, UpdateTokenRequest__Output as _sangha_tenant_v1_UpdateTokenRequest__Output } from './sangha/tenant/v1/UpdateTokenRequest.ts';
import type { UsageClient as _sangha_tenant_v1_UsageClient, UsageDefinition as _sangha_tenant_v1_UsageDefinition } from './sangha/tenant/v1/Usage.ts';
import type { UsageRow as _sangha_tenant_v1_UsageRow, UsageRow__Output as _sangha_tenant_v1_UsageRow__Output } from './sangha/tenant/v1/UsageRow.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  sangha: {
    tenant: {
      v1: {
        AddMemberRequest: MessageTypeDefinition<_sangha_tenant_v1_AddMemberRequest, _sangha_tenant_v1_AddMemberRequest__Output>
        AuthenticateTokenRequest: MessageTypeDefinition<_sangha_tenant_v1_AuthenticateTokenRequest, _sangha_tenant_v1_AuthenticateTokenRequest__Output>
        AuthenticatedToken: MessageTypeDefinition<_sangha_tenant_v1_AuthenticatedToken, _sangha_tenant_v1_AuthenticatedToken__Output>
        CreateOrganizationRequest: MessageTypeDefinition<_sangha_tenant_v1_CreateOrganizationRequest, _sangha_tenant_v1_CreateOrganizationRequest__Output>
        CreateTokenRequest: MessageTypeDefinition<_sangha_tenant_v1_CreateTokenRequest, _sangha_tenant_v1_CreateTokenRequest__Output>
        CreateTokenResponse: MessageTypeDefinition<_sangha_tenant_v1_CreateTokenResponse, _sangha_tenant_v1_CreateTokenResponse__Output>
        DeleteSettingRequest: MessageTypeDefinition<_sangha_tenant_v1_DeleteSettingRequest, _sangha_tenant_v1_DeleteSettingRequest__Output>
        DeleteTokenRequest: MessageTypeDefinition<_sangha_tenant_v1_DeleteTokenRequest, _sangha_tenant_v1_DeleteTokenRequest__Output>
        DeleteTokenResponse: MessageTypeDefinition<_sangha_tenant_v1_DeleteTokenResponse, _sangha_tenant_v1_DeleteTokenResponse__Output>
        /**
         * The directory answers the gateway's hot questions, before and after an organisation is known.
         * Its answers are cacheable for 30 s and invalidated by `registry.changed.<org>`.
         */
        Directory: SubtypeConstructor<typeof grpc.Client, _sangha_tenant_v1_DirectoryClient> & { service: _sangha_tenant_v1_DirectoryDefinition }
        EffectiveSettings: MessageTypeDefinition<_sangha_tenant_v1_EffectiveSettings, _sangha_tenant_v1_EffectiveSettings__Output>
        FindOrganizationRequest: MessageTypeDefinition<_sangha_tenant_v1_FindOrganizationRequest, _sangha_tenant_v1_FindOrganizationRequest__Output>
        GetEffectiveSettingsRequest: MessageTypeDefinition<_sangha_tenant_v1_GetEffectiveSettingsRequest, _sangha_tenant_v1_GetEffectiveSettingsRequest__Output>
        GetOrganizationKeyRequest: MessageTypeDefinition<_sangha_tenant_v1_GetOrganizationKeyRequest, _sangha_tenant_v1_GetOrganizationKeyRequest__Output>
        ListMembersRequest: MessageTypeDefinition<_sangha_tenant_v1_ListMembersRequest, _sangha_tenant_v1_ListMembersRequest__Output>
        ListMembersResponse: MessageTypeDefinition<_sangha_tenant_v1_ListMembersResponse, _sangha_tenant_v1_ListMembersResponse__Output>
        ListOrganizationsRequest: MessageTypeDefinition<_sangha_tenant_v1_ListOrganizationsRequest, _sangha_tenant_v1_ListOrganizationsRequest__Output>
        ListOrganizationsResponse: MessageTypeDefinition<_sangha_tenant_v1_ListOrganizationsResponse, _sangha_tenant_v1_ListOrganizationsResponse__Output>
        ListSettingsRequest: MessageTypeDefinition<_sangha_tenant_v1_ListSettingsRequest, _sangha_tenant_v1_ListSettingsRequest__Output>
        ListSettingsResponse: MessageTypeDefinition<_sangha_tenant_v1_ListSettingsResponse, _sangha_tenant_v1_ListSettingsResponse__Output>
        ListTokensRequest: MessageTypeDefinition<_sangha_tenant_v1_ListTokensRequest, _sangha_tenant_v1_ListTokensRequest__Output>
        ListTokensResponse: MessageTypeDefinition<_sangha_tenant_v1_ListTokensResponse, _sangha_tenant_v1_ListTokensResponse__Output>
        Member: MessageTypeDefinition<_sangha_tenant_v1_Member, _sangha_tenant_v1_Member__Output>
        /**
         * Members of the caller's organisation. Rules: never act on someone above you, never assign above yourself,
         * never remove or demote the last admin (FAILED_PRECONDITION last_admin).
         */
        Members: SubtypeConstructor<typeof grpc.Client, _sangha_tenant_v1_MembersClient> & { service: _sangha_tenant_v1_MembersDefinition }
        Organization: MessageTypeDefinition<_sangha_tenant_v1_Organization, _sangha_tenant_v1_Organization__Output>
        OrganizationKey: MessageTypeDefinition<_sangha_tenant_v1_OrganizationKey, _sangha_tenant_v1_OrganizationKey__Output>
        /**
         * The platform operator's door. Caller: platform context only.
         */
        Organizations: SubtypeConstructor<typeof grpc.Client, _sangha_tenant_v1_OrganizationsClient> & { service: _sangha_tenant_v1_OrganizationsDefinition }
        PutSettingRequest: MessageTypeDefinition<_sangha_tenant_v1_PutSettingRequest, _sangha_tenant_v1_PutSettingRequest__Output>
        RemoveMemberRequest: MessageTypeDefinition<_sangha_tenant_v1_RemoveMemberRequest, _sangha_tenant_v1_RemoveMemberRequest__Output>
        RemoveMemberResponse: MessageTypeDefinition<_sangha_tenant_v1_RemoveMemberResponse, _sangha_tenant_v1_RemoveMemberResponse__Output>
        SetMemberRoleRequest: MessageTypeDefinition<_sangha_tenant_v1_SetMemberRoleRequest, _sangha_tenant_v1_SetMemberRoleRequest__Output>
        Setting: MessageTypeDefinition<_sangha_tenant_v1_Setting, _sangha_tenant_v1_Setting__Output>
        /**
         * Settings with their sources; writing needs resource_admin (organisation) or the platform context (platform).
         */
        Settings: SubtypeConstructor<typeof grpc.Client, _sangha_tenant_v1_SettingsClient> & { service: _sangha_tenant_v1_SettingsDefinition }
        SummarizeUsageRequest: MessageTypeDefinition<_sangha_tenant_v1_SummarizeUsageRequest, _sangha_tenant_v1_SummarizeUsageRequest__Output>
        SummarizeUsageResponse: MessageTypeDefinition<_sangha_tenant_v1_SummarizeUsageResponse, _sangha_tenant_v1_SummarizeUsageResponse__Output>
        Token: MessageTypeDefinition<_sangha_tenant_v1_Token, _sangha_tenant_v1_Token__Output>
        /**
         * API tokens of the calling user. Somebody else's token answers NOT_FOUND.
         */
        Tokens: SubtypeConstructor<typeof grpc.Client, _sangha_tenant_v1_TokensClient> & { service: _sangha_tenant_v1_TokensDefinition }
        UpdateOrganizationRequest: MessageTypeDefinition<_sangha_tenant_v1_UpdateOrganizationRequest, _sangha_tenant_v1_UpdateOrganizationRequest__Output>
        UpdateTokenRequest: MessageTypeDefinition<_sangha_tenant_v1_UpdateTokenRequest, _sangha_tenant_v1_UpdateTokenRequest__Output>
        /**
         * Metered use of the caller's organisation, from `usage.recorded` events; each request id counts once.
         */
        Usage: SubtypeConstructor<typeof grpc.Client, _sangha_tenant_v1_UsageClient> & { service: _sangha_tenant_v1_UsageDefinition }
        UsageRow: MessageTypeDefinition<_sangha_tenant_v1_UsageRow, _sangha_tenant_v1_UsageRow__Output>
      }
    }
  }
}

