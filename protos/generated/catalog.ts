import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Alias as _sangha_catalog_v1_Alias, Alias__Output as _sangha_catalog_v1_Alias__Output } from './sangha/catalog/v1/Alias.ts';
import type { AliasesClient as _sangha_catalog_v1_AliasesClient, AliasesDefinition as _sangha_catalog_v1_AliasesDefinition } from './sangha/catalog/v1/Aliases.ts';
import type { ContextParams as _sangha_catalog_v1_ContextParams, ContextParams__Output as _sangha_catalog_v1_ContextParams__Output } from './sangha/catalog/v1/ContextParams.ts';
import type { CopyAliasRequest as _sangha_catalog_v1_CopyAliasRequest, CopyAliasRequest__Output as _sangha_catalog_v1_CopyAliasRequest__Output } from './sangha/catalog/v1/CopyAliasRequest.ts';
import type { DeleteAliasRequest as _sangha_catalog_v1_DeleteAliasRequest, DeleteAliasRequest__Output as _sangha_catalog_v1_DeleteAliasRequest__Output } from './sangha/catalog/v1/DeleteAliasRequest.ts';
import type { DeleteAliasResponse as _sangha_catalog_v1_DeleteAliasResponse, DeleteAliasResponse__Output as _sangha_catalog_v1_DeleteAliasResponse__Output } from './sangha/catalog/v1/DeleteAliasResponse.ts';
import type { DeleteRemoteModelRequest as _sangha_catalog_v1_DeleteRemoteModelRequest, DeleteRemoteModelRequest__Output as _sangha_catalog_v1_DeleteRemoteModelRequest__Output } from './sangha/catalog/v1/DeleteRemoteModelRequest.ts';
import type { DeleteRemoteModelResponse as _sangha_catalog_v1_DeleteRemoteModelResponse, DeleteRemoteModelResponse__Output as _sangha_catalog_v1_DeleteRemoteModelResponse__Output } from './sangha/catalog/v1/DeleteRemoteModelResponse.ts';
import type { GetAliasRequest as _sangha_catalog_v1_GetAliasRequest, GetAliasRequest__Output as _sangha_catalog_v1_GetAliasRequest__Output } from './sangha/catalog/v1/GetAliasRequest.ts';
import type { GetModelRequest as _sangha_catalog_v1_GetModelRequest, GetModelRequest__Output as _sangha_catalog_v1_GetModelRequest__Output } from './sangha/catalog/v1/GetModelRequest.ts';
import type { GetRemoteModelRequest as _sangha_catalog_v1_GetRemoteModelRequest, GetRemoteModelRequest__Output as _sangha_catalog_v1_GetRemoteModelRequest__Output } from './sangha/catalog/v1/GetRemoteModelRequest.ts';
import type { ListFilesRequest as _sangha_catalog_v1_ListFilesRequest, ListFilesRequest__Output as _sangha_catalog_v1_ListFilesRequest__Output } from './sangha/catalog/v1/ListFilesRequest.ts';
import type { ListFilesResponse as _sangha_catalog_v1_ListFilesResponse, ListFilesResponse__Output as _sangha_catalog_v1_ListFilesResponse__Output } from './sangha/catalog/v1/ListFilesResponse.ts';
import type { ListModelsRequest as _sangha_catalog_v1_ListModelsRequest, ListModelsRequest__Output as _sangha_catalog_v1_ListModelsRequest__Output } from './sangha/catalog/v1/ListModelsRequest.ts';
import type { ListModelsResponse as _sangha_catalog_v1_ListModelsResponse, ListModelsResponse__Output as _sangha_catalog_v1_ListModelsResponse__Output } from './sangha/catalog/v1/ListModelsResponse.ts';
import type { ListNamesRequest as _sangha_catalog_v1_ListNamesRequest, ListNamesRequest__Output as _sangha_catalog_v1_ListNamesRequest__Output } from './sangha/catalog/v1/ListNamesRequest.ts';
import type { ListNamesResponse as _sangha_catalog_v1_ListNamesResponse, ListNamesResponse__Output as _sangha_catalog_v1_ListNamesResponse__Output } from './sangha/catalog/v1/ListNamesResponse.ts';
import type { LocalTarget as _sangha_catalog_v1_LocalTarget, LocalTarget__Output as _sangha_catalog_v1_LocalTarget__Output } from './sangha/catalog/v1/LocalTarget.ts';
import type { ModelFile as _sangha_catalog_v1_ModelFile, ModelFile__Output as _sangha_catalog_v1_ModelFile__Output } from './sangha/catalog/v1/ModelFile.ts';
import type { ModelRow as _sangha_catalog_v1_ModelRow, ModelRow__Output as _sangha_catalog_v1_ModelRow__Output } from './sangha/catalog/v1/ModelRow.ts';
import type { ModelsClient as _sangha_catalog_v1_ModelsClient, ModelsDefinition as _sangha_catalog_v1_ModelsDefinition } from './sangha/catalog/v1/Models.ts';
import type { Name as _sangha_catalog_v1_Name, Name__Output as _sangha_catalog_v1_Name__Output } from './sangha/catalog/v1/Name.ts';
import type { RegisterFileRequest as _sangha_catalog_v1_RegisterFileRequest, RegisterFileRequest__Output as _sangha_catalog_v1_RegisterFileRequest__Output } from './sangha/catalog/v1/RegisterFileRequest.ts';
import type { RemoteModel as _sangha_catalog_v1_RemoteModel, RemoteModel__Output as _sangha_catalog_v1_RemoteModel__Output } from './sangha/catalog/v1/RemoteModel.ts';
import type { RemoteModelInput as _sangha_catalog_v1_RemoteModelInput, RemoteModelInput__Output as _sangha_catalog_v1_RemoteModelInput__Output } from './sangha/catalog/v1/RemoteModelInput.ts';
import type { RemoteModelsClient as _sangha_catalog_v1_RemoteModelsClient, RemoteModelsDefinition as _sangha_catalog_v1_RemoteModelsDefinition } from './sangha/catalog/v1/RemoteModels.ts';
import type { RemoteTarget as _sangha_catalog_v1_RemoteTarget, RemoteTarget__Output as _sangha_catalog_v1_RemoteTarget__Output } from './sangha/catalog/v1/RemoteTarget.ts';
import type { ResolveRequest as _sangha_catalog_v1_ResolveRequest, ResolveRequest__Output as _sangha_catalog_v1_ResolveRequest__Output } from './sangha/catalog/v1/ResolveRequest.ts';
import type { ResolverClient as _sangha_catalog_v1_ResolverClient, ResolverDefinition as _sangha_catalog_v1_ResolverDefinition } from './sangha/catalog/v1/Resolver.ts';
import type { Target as _sangha_catalog_v1_Target, Target__Output as _sangha_catalog_v1_Target__Output } from './sangha/catalog/v1/Target.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  sangha: {
    catalog: {
      v1: {
        Alias: MessageTypeDefinition<_sangha_catalog_v1_Alias, _sangha_catalog_v1_Alias__Output>
        /**
         * Private aliases are their owner's; shared ones (visibility org) need resource_power_user, and are changed by their owner or a manager.
         */
        Aliases: SubtypeConstructor<typeof grpc.Client, _sangha_catalog_v1_AliasesClient> & { service: _sangha_catalog_v1_AliasesDefinition }
        ContextParams: MessageTypeDefinition<_sangha_catalog_v1_ContextParams, _sangha_catalog_v1_ContextParams__Output>
        CopyAliasRequest: MessageTypeDefinition<_sangha_catalog_v1_CopyAliasRequest, _sangha_catalog_v1_CopyAliasRequest__Output>
        DeleteAliasRequest: MessageTypeDefinition<_sangha_catalog_v1_DeleteAliasRequest, _sangha_catalog_v1_DeleteAliasRequest__Output>
        DeleteAliasResponse: MessageTypeDefinition<_sangha_catalog_v1_DeleteAliasResponse, _sangha_catalog_v1_DeleteAliasResponse__Output>
        DeleteRemoteModelRequest: MessageTypeDefinition<_sangha_catalog_v1_DeleteRemoteModelRequest, _sangha_catalog_v1_DeleteRemoteModelRequest__Output>
        DeleteRemoteModelResponse: MessageTypeDefinition<_sangha_catalog_v1_DeleteRemoteModelResponse, _sangha_catalog_v1_DeleteRemoteModelResponse__Output>
        GetAliasRequest: MessageTypeDefinition<_sangha_catalog_v1_GetAliasRequest, _sangha_catalog_v1_GetAliasRequest__Output>
        GetModelRequest: MessageTypeDefinition<_sangha_catalog_v1_GetModelRequest, _sangha_catalog_v1_GetModelRequest__Output>
        GetRemoteModelRequest: MessageTypeDefinition<_sangha_catalog_v1_GetRemoteModelRequest, _sangha_catalog_v1_GetRemoteModelRequest__Output>
        ListFilesRequest: MessageTypeDefinition<_sangha_catalog_v1_ListFilesRequest, _sangha_catalog_v1_ListFilesRequest__Output>
        ListFilesResponse: MessageTypeDefinition<_sangha_catalog_v1_ListFilesResponse, _sangha_catalog_v1_ListFilesResponse__Output>
        ListModelsRequest: MessageTypeDefinition<_sangha_catalog_v1_ListModelsRequest, _sangha_catalog_v1_ListModelsRequest__Output>
        ListModelsResponse: MessageTypeDefinition<_sangha_catalog_v1_ListModelsResponse, _sangha_catalog_v1_ListModelsResponse__Output>
        ListNamesRequest: MessageTypeDefinition<_sangha_catalog_v1_ListNamesRequest, _sangha_catalog_v1_ListNamesRequest__Output>
        ListNamesResponse: MessageTypeDefinition<_sangha_catalog_v1_ListNamesResponse, _sangha_catalog_v1_ListNamesResponse__Output>
        LocalTarget: MessageTypeDefinition<_sangha_catalog_v1_LocalTarget, _sangha_catalog_v1_LocalTarget__Output>
        ModelFile: MessageTypeDefinition<_sangha_catalog_v1_ModelFile, _sangha_catalog_v1_ModelFile__Output>
        ModelRow: MessageTypeDefinition<_sangha_catalog_v1_ModelRow, _sangha_catalog_v1_ModelRow__Output>
        /**
         * Lists leave chat_template empty; GetModel answers it.
         */
        Models: SubtypeConstructor<typeof grpc.Client, _sangha_catalog_v1_ModelsClient> & { service: _sangha_catalog_v1_ModelsDefinition }
        Name: MessageTypeDefinition<_sangha_catalog_v1_Name, _sangha_catalog_v1_Name__Output>
        RegisterFileRequest: MessageTypeDefinition<_sangha_catalog_v1_RegisterFileRequest, _sangha_catalog_v1_RegisterFileRequest__Output>
        RemoteModel: MessageTypeDefinition<_sangha_catalog_v1_RemoteModel, _sangha_catalog_v1_RemoteModel__Output>
        RemoteModelInput: MessageTypeDefinition<_sangha_catalog_v1_RemoteModelInput, _sangha_catalog_v1_RemoteModelInput__Output>
        /**
         * Models of other providers, for signed-in people only. The key leaves through Resolver.Resolve alone, and is bound to the row and origin it was entered for.
         */
        RemoteModels: SubtypeConstructor<typeof grpc.Client, _sangha_catalog_v1_RemoteModelsClient> & { service: _sangha_catalog_v1_RemoteModelsDefinition }
        RemoteTarget: MessageTypeDefinition<_sangha_catalog_v1_RemoteTarget, _sangha_catalog_v1_RemoteTarget__Output>
        ResolveRequest: MessageTypeDefinition<_sangha_catalog_v1_ResolveRequest, _sangha_catalog_v1_ResolveRequest__Output>
        /**
         * Names. An asker's name resolves in this order: own alias, alias shared in the organisation, remote model
         * (prefix + model id), file of the organisation (<repo>:<quantization>, or <file name> for a file from a local folder).
         */
        Resolver: SubtypeConstructor<typeof grpc.Client, _sangha_catalog_v1_ResolverClient> & { service: _sangha_catalog_v1_ResolverDefinition }
        Target: MessageTypeDefinition<_sangha_catalog_v1_Target, _sangha_catalog_v1_Target__Output>
      }
    }
  }
}

