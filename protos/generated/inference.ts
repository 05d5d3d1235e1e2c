import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { ChatInput as _sangha_inference_v1_ChatInput, ChatInput__Output as _sangha_inference_v1_ChatInput__Output } from './sangha/inference/v1/ChatInput.ts';
import type { ChatMessage as _sangha_inference_v1_ChatMessage, ChatMessage__Output as _sangha_inference_v1_ChatMessage__Output } from './sangha/inference/v1/ChatMessage.ts';
import type { ChoiceEnd as _sangha_inference_v1_ChoiceEnd, ChoiceEnd__Output as _sangha_inference_v1_ChoiceEnd__Output } from './sangha/inference/v1/ChoiceEnd.ts';
import type { Chunk as _sangha_inference_v1_Chunk, Chunk__Output as _sangha_inference_v1_Chunk__Output } from './sangha/inference/v1/Chunk.ts';
import type { Constraint as _sangha_inference_v1_Constraint, Constraint__Output as _sangha_inference_v1_Constraint__Output } from './sangha/inference/v1/Constraint.ts';
import type { Delta as _sangha_inference_v1_Delta, Delta__Output as _sangha_inference_v1_Delta__Output } from './sangha/inference/v1/Delta.ts';
import type { EmbedInput as _sangha_inference_v1_EmbedInput, EmbedInput__Output as _sangha_inference_v1_EmbedInput__Output } from './sangha/inference/v1/EmbedInput.ts';
import type { EmbedRequest as _sangha_inference_v1_EmbedRequest, EmbedRequest__Output as _sangha_inference_v1_EmbedRequest__Output } from './sangha/inference/v1/EmbedRequest.ts';
import type { EmbedResponse as _sangha_inference_v1_EmbedResponse, EmbedResponse__Output as _sangha_inference_v1_EmbedResponse__Output } from './sangha/inference/v1/EmbedResponse.ts';
import type { Embedding as _sangha_inference_v1_Embedding, Embedding__Output as _sangha_inference_v1_Embedding__Output } from './sangha/inference/v1/Embedding.ts';
import type { Engine as _sangha_inference_v1_Engine, Engine__Output as _sangha_inference_v1_Engine__Output } from './sangha/inference/v1/Engine.ts';
import type { Finished as _sangha_inference_v1_Finished, Finished__Output as _sangha_inference_v1_Finished__Output } from './sangha/inference/v1/Finished.ts';
import type { GenerateEvent as _sangha_inference_v1_GenerateEvent, GenerateEvent__Output as _sangha_inference_v1_GenerateEvent__Output } from './sangha/inference/v1/GenerateEvent.ts';
import type { GenerateRequest as _sangha_inference_v1_GenerateRequest, GenerateRequest__Output as _sangha_inference_v1_GenerateRequest__Output } from './sangha/inference/v1/GenerateRequest.ts';
import type { InferenceClient as _sangha_inference_v1_InferenceClient, InferenceDefinition as _sangha_inference_v1_InferenceDefinition } from './sangha/inference/v1/Inference.ts';
import type { ListEnginesRequest as _sangha_inference_v1_ListEnginesRequest, ListEnginesRequest__Output as _sangha_inference_v1_ListEnginesRequest__Output } from './sangha/inference/v1/ListEnginesRequest.ts';
import type { ListEnginesResponse as _sangha_inference_v1_ListEnginesResponse, ListEnginesResponse__Output as _sangha_inference_v1_ListEnginesResponse__Output } from './sangha/inference/v1/ListEnginesResponse.ts';
import type { LoadModelRequest as _sangha_inference_v1_LoadModelRequest, LoadModelRequest__Output as _sangha_inference_v1_LoadModelRequest__Output } from './sangha/inference/v1/LoadModelRequest.ts';
import type { LoadProgress as _sangha_inference_v1_LoadProgress, LoadProgress__Output as _sangha_inference_v1_LoadProgress__Output } from './sangha/inference/v1/LoadProgress.ts';
import type { ModelSpec as _sangha_inference_v1_ModelSpec, ModelSpec__Output as _sangha_inference_v1_ModelSpec__Output } from './sangha/inference/v1/ModelSpec.ts';
import type { Queued as _sangha_inference_v1_Queued, Queued__Output as _sangha_inference_v1_Queued__Output } from './sangha/inference/v1/Queued.ts';
import type { Sampling as _sangha_inference_v1_Sampling, Sampling__Output as _sangha_inference_v1_Sampling__Output } from './sangha/inference/v1/Sampling.ts';
import type { Started as _sangha_inference_v1_Started, Started__Output as _sangha_inference_v1_Started__Output } from './sangha/inference/v1/Started.ts';
import type { TokenIds as _sangha_inference_v1_TokenIds, TokenIds__Output as _sangha_inference_v1_TokenIds__Output } from './sangha/inference/v1/TokenIds.ts';
import type { TokenLogprob as _sangha_inference_v1_TokenLogprob, TokenLogprob__Output as _sangha_inference_v1_TokenLogprob__Output } from './sangha/inference/v1/TokenLogprob.ts';
import type { Tool as _sangha_inference_v1_Tool, Tool__Output as _sangha_inference_v1_Tool__Output } from './sangha/inference/v1/Tool.ts';
import type { ToolCall as _sangha_inference_v1_ToolCall, ToolCall__Output as _sangha_inference_v1_ToolCall__Output } from './sangha/inference/v1/ToolCall.ts';
import type { ToolCallDelta as _sangha_inference_v1_ToolCallDelta, ToolCallDelta__Output as _sangha_inference_v1_ToolCallDelta__Output } from './sangha/inference/v1/ToolCallDelta.ts';
import type { TopLogprob as _sangha_inference_v1_TopLogprob, TopLogprob__Output as _sangha_inference_v1_TopLogprob__Output } from './sangha/inference/v1/TopLogprob.ts';
import type { UnloadModelRequest as _sangha_inference_v1_UnloadModelRequest, UnloadModelRequest__Output as _sangha_inference_v1_UnloadModelRequest__Output } from './sangha/inference/v1/UnloadModelRequest.ts';
import type { UnloadModelResponse as _sangha_inference_v1_UnloadModelResponse, UnloadModelResponse__Output as _sangha_inference_v1_UnloadModelResponse__Output } from './sangha/inference/v1/UnloadModelResponse.ts';
import type { Usage as _sangha_inference_v1_Usage, Usage__Output as _sangha_inference_v1_Usage__Output } from './sangha/inference/v1/Usage.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  sangha: {
    inference: {
      v1: {
        ChatInput: MessageTypeDefinition<_sangha_inference_v1_ChatInput, _sangha_inference_v1_ChatInput__Output>
        ChatMessage: MessageTypeDefinition<_sangha_inference_v1_ChatMessage, _sangha_inference_v1_ChatMessage__Output>
        ChoiceEnd: MessageTypeDefinition<_sangha_inference_v1_ChoiceEnd, _sangha_inference_v1_ChoiceEnd__Output>
        Chunk: MessageTypeDefinition<_sangha_inference_v1_Chunk, _sangha_inference_v1_Chunk__Output>
        Constraint: MessageTypeDefinition<_sangha_inference_v1_Constraint, _sangha_inference_v1_Constraint__Output>
        Delta: MessageTypeDefinition<_sangha_inference_v1_Delta, _sangha_inference_v1_Delta__Output>
        EmbedInput: MessageTypeDefinition<_sangha_inference_v1_EmbedInput, _sangha_inference_v1_EmbedInput__Output>
        EmbedRequest: MessageTypeDefinition<_sangha_inference_v1_EmbedRequest, _sangha_inference_v1_EmbedRequest__Output>
        EmbedResponse: MessageTypeDefinition<_sangha_inference_v1_EmbedResponse, _sangha_inference_v1_EmbedResponse__Output>
        Embedding: MessageTypeDefinition<_sangha_inference_v1_Embedding, _sangha_inference_v1_Embedding__Output>
        Engine: MessageTypeDefinition<_sangha_inference_v1_Engine, _sangha_inference_v1_Engine__Output>
        Finished: MessageTypeDefinition<_sangha_inference_v1_Finished, _sangha_inference_v1_Finished__Output>
        GenerateEvent: MessageTypeDefinition<_sangha_inference_v1_GenerateEvent, _sangha_inference_v1_GenerateEvent__Output>
        GenerateRequest: MessageTypeDefinition<_sangha_inference_v1_GenerateRequest, _sangha_inference_v1_GenerateRequest__Output>
        /**
         * One runner: loads models into engine processes and generates. Every message of one engine tick travels together.
         */
        Inference: SubtypeConstructor<typeof grpc.Client, _sangha_inference_v1_InferenceClient> & { service: _sangha_inference_v1_InferenceDefinition }
        ListEnginesRequest: MessageTypeDefinition<_sangha_inference_v1_ListEnginesRequest, _sangha_inference_v1_ListEnginesRequest__Output>
        ListEnginesResponse: MessageTypeDefinition<_sangha_inference_v1_ListEnginesResponse, _sangha_inference_v1_ListEnginesResponse__Output>
        LoadModelRequest: MessageTypeDefinition<_sangha_inference_v1_LoadModelRequest, _sangha_inference_v1_LoadModelRequest__Output>
        LoadProgress: MessageTypeDefinition<_sangha_inference_v1_LoadProgress, _sangha_inference_v1_LoadProgress__Output>
        ModelSpec: MessageTypeDefinition<_sangha_inference_v1_ModelSpec, _sangha_inference_v1_ModelSpec__Output>
        Queued: MessageTypeDefinition<_sangha_inference_v1_Queued, _sangha_inference_v1_Queued__Output>
        Sampling: MessageTypeDefinition<_sangha_inference_v1_Sampling, _sangha_inference_v1_Sampling__Output>
        Started: MessageTypeDefinition<_sangha_inference_v1_Started, _sangha_inference_v1_Started__Output>
        TokenIds: MessageTypeDefinition<_sangha_inference_v1_TokenIds, _sangha_inference_v1_TokenIds__Output>
        TokenLogprob: MessageTypeDefinition<_sangha_inference_v1_TokenLogprob, _sangha_inference_v1_TokenLogprob__Output>
        Tool: MessageTypeDefinition<_sangha_inference_v1_Tool, _sangha_inference_v1_Tool__Output>
        ToolCall: MessageTypeDefinition<_sangha_inference_v1_ToolCall, _sangha_inference_v1_ToolCall__Output>
        ToolCallDelta: MessageTypeDefinition<_sangha_inference_v1_ToolCallDelta, _sangha_inference_v1_ToolCallDelta__Output>
        TopLogprob: MessageTypeDefinition<_sangha_inference_v1_TopLogprob, _sangha_inference_v1_TopLogprob__Output>
        UnloadModelRequest: MessageTypeDefinition<_sangha_inference_v1_UnloadModelRequest, _sangha_inference_v1_UnloadModelRequest__Output>
        UnloadModelResponse: MessageTypeDefinition<_sangha_inference_v1_UnloadModelResponse, _sangha_inference_v1_UnloadModelResponse__Output>
        Usage: MessageTypeDefinition<_sangha_inference_v1_Usage, _sangha_inference_v1_Usage__Output>
      }
    }
  }
}

