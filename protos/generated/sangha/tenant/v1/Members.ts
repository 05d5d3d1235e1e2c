// Original file: tenant/v1/tenant.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AddMemberRequest as _sangha_tenant_v1_AddMemberRequest, AddMemberRequest__Output as _sangha_tenant_v1_AddMemberRequest__Output } from '../../../sangha/tenant/v1/AddMemberRequest.ts';
import type { ListMembersRequest as _sangha_tenant_v1_ListMembersRequest, ListMembersRequest__Output as _sangha_tenant_v1_ListMembersRequest__Output } from '../../../sangha/tenant/v1/ListMembersRequest.ts';
import type { ListMembersResponse as _sangha_tenant_v1_ListMembersResponse, ListMembersResponse__Output as _sangha_tenant_v1_ListMembersResponse__Output } from '../../../sangha/tenant/v1/ListMembersResponse.ts';
import type { Member as _sangha_tenant_v1_Member, Member__Output as _sangha_tenant_v1_Member__Output } from '../../../sangha/tenant/v1/Member.ts';
import type { RemoveMemberRequest as _sangha_tenant_v1_RemoveMemberRequest, RemoveMemberRequest__Output as _sangha_tenant_v1_RemoveMemberRequest__Output } from '../../../sangha/tenant/v1/RemoveMemberRequest.ts';
import type { RemoveMemberResponse as _sangha_tenant_v1_RemoveMemberResponse, RemoveMemberResponse__Output as _sangha_tenant_v1_RemoveMemberResponse__Output } from '../../../sangha/tenant/v1/RemoveMemberResponse.ts';
import type { SetMemberRoleRequest as _sangha_tenant_v1_SetMemberRoleRequest, SetMemberRoleRequest__Output as _sangha_tenant_v1_SetMemberRoleRequest__Output } from '../../../sangha/tenant/v1/SetMemberRoleRequest.ts';

/**
 * Members of the caller's organisation. Rules: never act on someone above you, never assign above yourself,
 * never remove or demote the last admin (FAILED_PRECONDITION last_admin).
 */
export interface MembersClient extends grpc.Client {
  AddMember(argument: _sangha_tenant_v1_AddMemberRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  AddMember(argument: _sangha_tenant_v1_AddMemberRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  AddMember(argument: _sangha_tenant_v1_AddMemberRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  AddMember(argument: _sangha_tenant_v1_AddMemberRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  addMember(argument: _sangha_tenant_v1_AddMemberRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  addMember(argument: _sangha_tenant_v1_AddMemberRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  addMember(argument: _sangha_tenant_v1_AddMemberRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  addMember(argument: _sangha_tenant_v1_AddMemberRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  
  ListMembers(argument: _sangha_tenant_v1_ListMembersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  ListMembers(argument: _sangha_tenant_v1_ListMembersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  ListMembers(argument: _sangha_tenant_v1_ListMembersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  ListMembers(argument: _sangha_tenant_v1_ListMembersRequest, callback: grpc.requestCallback<_sangha_tenant_v1_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  listMembers(argument: _sangha_tenant_v1_ListMembersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  listMembers(argument: _sangha_tenant_v1_ListMembersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  listMembers(argument: _sangha_tenant_v1_ListMembersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  listMembers(argument: _sangha_tenant_v1_ListMembersRequest, callback: grpc.requestCallback<_sangha_tenant_v1_ListMembersResponse__Output>): grpc.ClientUnaryCall;
  
  RemoveMember(argument: _sangha_tenant_v1_RemoveMemberRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_RemoveMemberResponse__Output>): grpc.ClientUnaryCall;
  RemoveMember(argument: _sangha_tenant_v1_RemoveMemberRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_RemoveMemberResponse__Output>): grpc.ClientUnaryCall;
  RemoveMember(argument: _sangha_tenant_v1_RemoveMemberRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_RemoveMemberResponse__Output>): grpc.ClientUnaryCall;
  RemoveMember(argument: _sangha_tenant_v1_RemoveMemberRequest, callback: grpc.requestCallback<_sangha_tenant_v1_RemoveMemberResponse__Output>): grpc.ClientUnaryCall;
  removeMember(argument: _sangha_tenant_v1_RemoveMemberRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_RemoveMemberResponse__Output>): grpc.ClientUnaryCall;
  removeMember(argument: _sangha_tenant_v1_RemoveMemberRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_RemoveMemberResponse__Output>): grpc.ClientUnaryCall;
  removeMember(argument: _sangha_tenant_v1_RemoveMemberRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_RemoveMemberResponse__Output>): grpc.ClientUnaryCall;
  removeMember(argument: _sangha_tenant_v1_RemoveMemberRequest, callback: grpc.requestCallback<_sangha_tenant_v1_RemoveMemberResponse__Output>): grpc.ClientUnaryCall;
  
  SetMemberRole(argument: _sangha_tenant_v1_SetMemberRoleRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  SetMemberRole(argument: _sangha_tenant_v1_SetMemberRoleRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  SetMemberRole(argument: _sangha_tenant_v1_SetMemberRoleRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  SetMemberRole(argument: _sangha_tenant_v1_SetMemberRoleRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  setMemberRole(argument: _sangha_tenant_v1_SetMemberRoleRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  setMemberRole(argument: _sangha_tenant_v1_SetMemberRoleRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  setMemberRole(argument: _sangha_tenant_v1_SetMemberRoleRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  setMemberRole(argument: _sangha_tenant_v1_SetMemberRoleRequest, callback: grpc.requestCallback<_sangha_tenant_v1_Member__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Members of the caller's organisation. Rules: never act on someone above you, never assign above yourself,
 * never remove or demote the last admin (FAILED_PRECONDITION last_admin).
 */
export interface MembersHandlers extends grpc.UntypedServiceImplementation {
  AddMember: grpc.handleUnaryCall<_sangha_tenant_v1_AddMemberRequest__Output, _sangha_tenant_v1_Member>;
  
  ListMembers: grpc.handleUnaryCall<_sangha_tenant_v1_ListMembersRequest__Output, _sangha_tenant_v1_ListMembersResponse>;
  
  RemoveMember: grpc.handleUnaryCall<_sangha_tenant_v1_RemoveMemberRequest__Output, _sangha_tenant_v1_RemoveMemberResponse>;
  
  SetMemberRole: grpc.handleUnaryCall<_sangha_tenant_v1_SetMemberRoleRequest__Output, _sangha_tenant_v1_Member>;
  
}

export interface MembersDefinition extends grpc.ServiceDefinition {
  AddMember: MethodDefinition<_sangha_tenant_v1_AddMemberRequest, _sangha_tenant_v1_Member, _sangha_tenant_v1_AddMemberRequest__Output, _sangha_tenant_v1_Member__Output>
  ListMembers: MethodDefinition<_sangha_tenant_v1_ListMembersRequest, _sangha_tenant_v1_ListMembersResponse, _sangha_tenant_v1_ListMembersRequest__Output, _sangha_tenant_v1_ListMembersResponse__Output>
  RemoveMember: MethodDefinition<_sangha_tenant_v1_RemoveMemberRequest, _sangha_tenant_v1_RemoveMemberResponse, _sangha_tenant_v1_RemoveMemberRequest__Output, _sangha_tenant_v1_RemoveMemberResponse__Output>
  SetMemberRole: MethodDefinition<_sangha_tenant_v1_SetMemberRoleRequest, _sangha_tenant_v1_Member, _sangha_tenant_v1_SetMemberRoleRequest__Output, _sangha_tenant_v1_Member__Output>
}
