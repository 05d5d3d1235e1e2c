// Original file: inference/v1/inference.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { EmbedRequest as _sangha_inference_v1_EmbedRequest, EmbedRequest__Output as _sangha_inference_v1_EmbedRequest__Output } from '../../../sangha/inference/v1/EmbedRequest.ts';
import type { EmbedResponse as _sangha_inference_v1_EmbedResponse, EmbedResponse__Output as _sangha_inference_v1_EmbedResponse__Output } from '../../../sangha/inference/v1/EmbedResponse.ts';
import type { GenerateEvent as _sangha_inference_v1_GenerateEvent, GenerateEvent__Output as _sangha_inference_v1_GenerateEvent__Output } from '../../../sangha/inference/v1/GenerateEvent.ts';
import type { GenerateRequest as _sangha_inference_v1_GenerateRequest, GenerateRequest__Output as _sangha_inference_v1_GenerateRequest__Output } from '../../../sangha/inference/v1/GenerateRequest.ts';
import type { ListEnginesRequest as _sangha_inference_v1_ListEnginesRequest, ListEnginesRequest__Output as _sangha_inference_v1_ListEnginesRequest__Output } from '../../../sangha/inference/v1/ListEnginesRequest.ts';
import type { ListEnginesResponse as _sangha_inference_v1_ListEnginesResponse, ListEnginesResponse__Output as _sangha_inference_v1_ListEnginesResponse__Output } from '../../../sangha/inference/v1/ListEnginesResponse.ts';
import type { LoadModelRequest as _sangha_inference_v1_LoadModelRequest, LoadModelRequest__Output as _sangha_inference_v1_LoadModelRequest__Output } from '../../../sangha/inference/v1/LoadModelRequest.ts';
import type { LoadProgress as _sangha_inference_v1_LoadProgress, LoadProgress__Output as _sangha_inference_v1_LoadProgress__Output } from '../../../sangha/inference/v1/LoadProgress.ts';
import type { UnloadModelRequest as _sangha_inference_v1_UnloadModelRequest, UnloadModelRequest__Output as _sangha_inference_v1_UnloadModelRequest__Output } from '../../../sangha/inference/v1/UnloadModelRequest.ts';
import type { UnloadModelResponse as _sangha_inference_v1_UnloadModelResponse, UnloadModelResponse__Output as _sangha_inference_v1_UnloadModelResponse__Output } from '../../../sangha/inference/v1/UnloadModelResponse.ts';

/**
 * One runner: loads models into engine processes and generates. Every message of one engine tick travels together.
 */
export interface InferenceClient extends grpc.Client {
  Embed(argument: _sangha_inference_v1_EmbedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_EmbedResponse__Output>): grpc.ClientUnaryCall;
  Embed(argument: _sangha_inference_v1_EmbedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_inference_v1_EmbedResponse__Output>): grpc.ClientUnaryCall;
  Embed(argument: _sangha_inference_v1_EmbedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_EmbedResponse__Output>): grpc.ClientUnaryCall;
  Embed(argument: _sangha_inference_v1_EmbedRequest, callback: grpc.requestCallback<_sangha_inference_v1_EmbedResponse__Output>): grpc.ClientUnaryCall;
  embed(argument: _sangha_inference_v1_EmbedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_EmbedResponse__Output>): grpc.ClientUnaryCall;
  embed(argument: _sangha_inference_v1_EmbedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_inference_v1_EmbedResponse__Output>): grpc.ClientUnaryCall;
  embed(argument: _sangha_inference_v1_EmbedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_EmbedResponse__Output>): grpc.ClientUnaryCall;
  embed(argument: _sangha_inference_v1_EmbedRequest, callback: grpc.requestCallback<_sangha_inference_v1_EmbedResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Ends with exactly one `finished`, or with an error status. Cancelling the call frees the sequence within 250 ms.
   * RESOURCE_EXHAUSTED (queue_full, no_memory) carries retry-after seconds; INVALID_ARGUMENT for what the model can't do
   * (context_length_exceeded, no_chat_template, schema_unsupported …); UNAVAILABLE (engine_crashed) when the child died.
   */
  Generate(argument: _sangha_inference_v1_GenerateRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_inference_v1_GenerateEvent__Output>;
  Generate(argument: _sangha_inference_v1_GenerateRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_inference_v1_GenerateEvent__Output>;
  /**
   * Ends with exactly one `finished`, or with an error status. Cancelling the call frees the sequence within 250 ms.
   * RESOURCE_EXHAUSTED (queue_full, no_memory) carries retry-after seconds; INVALID_ARGUMENT for what the model can't do
   * (context_length_exceeded, no_chat_template, schema_unsupported …); UNAVAILABLE (engine_crashed) when the child died.
   */
  generate(argument: _sangha_inference_v1_GenerateRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_inference_v1_GenerateEvent__Output>;
  generate(argument: _sangha_inference_v1_GenerateRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_inference_v1_GenerateEvent__Output>;
  
  /**
   * What is loaded, as far as the caller's organisation may know: only models it uses. The platform context sees all.
   */
  ListEngines(argument: _sangha_inference_v1_ListEnginesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_ListEnginesResponse__Output>): grpc.ClientUnaryCall;
  ListEngines(argument: _sangha_inference_v1_ListEnginesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_inference_v1_ListEnginesResponse__Output>): grpc.ClientUnaryCall;
  ListEngines(argument: _sangha_inference_v1_ListEnginesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_ListEnginesResponse__Output>): grpc.ClientUnaryCall;
  ListEngines(argument: _sangha_inference_v1_ListEnginesRequest, callback: grpc.requestCallback<_sangha_inference_v1_ListEnginesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * What is loaded, as far as the caller's organisation may know: only models it uses. The platform context sees all.
   */
  listEngines(argument: _sangha_inference_v1_ListEnginesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_ListEnginesResponse__Output>): grpc.ClientUnaryCall;
  listEngines(argument: _sangha_inference_v1_ListEnginesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_inference_v1_ListEnginesResponse__Output>): grpc.ClientUnaryCall;
  listEngines(argument: _sangha_inference_v1_ListEnginesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_ListEnginesResponse__Output>): grpc.ClientUnaryCall;
  listEngines(argument: _sangha_inference_v1_ListEnginesRequest, callback: grpc.requestCallback<_sangha_inference_v1_ListEnginesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Loads now; progress until ready.
   */
  LoadModel(argument: _sangha_inference_v1_LoadModelRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_inference_v1_LoadProgress__Output>;
  LoadModel(argument: _sangha_inference_v1_LoadModelRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_inference_v1_LoadProgress__Output>;
  /**
   * Loads now; progress until ready.
   */
  loadModel(argument: _sangha_inference_v1_LoadModelRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_inference_v1_LoadProgress__Output>;
  loadModel(argument: _sangha_inference_v1_LoadModelRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_inference_v1_LoadProgress__Output>;
  
  UnloadModel(argument: _sangha_inference_v1_UnloadModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_UnloadModelResponse__Output>): grpc.ClientUnaryCall;
  UnloadModel(argument: _sangha_inference_v1_UnloadModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_inference_v1_UnloadModelResponse__Output>): grpc.ClientUnaryCall;
  UnloadModel(argument: _sangha_inference_v1_UnloadModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_UnloadModelResponse__Output>): grpc.ClientUnaryCall;
  UnloadModel(argument: _sangha_inference_v1_UnloadModelRequest, callback: grpc.requestCallback<_sangha_inference_v1_UnloadModelResponse__Output>): grpc.ClientUnaryCall;
  unloadModel(argument: _sangha_inference_v1_UnloadModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_UnloadModelResponse__Output>): grpc.ClientUnaryCall;
  unloadModel(argument: _sangha_inference_v1_UnloadModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_inference_v1_UnloadModelResponse__Output>): grpc.ClientUnaryCall;
  unloadModel(argument: _sangha_inference_v1_UnloadModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_inference_v1_UnloadModelResponse__Output>): grpc.ClientUnaryCall;
  unloadModel(argument: _sangha_inference_v1_UnloadModelRequest, callback: grpc.requestCallback<_sangha_inference_v1_UnloadModelResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * One runner: loads models into engine processes and generates. Every message of one engine tick travels together.
 */
export interface InferenceHandlers extends grpc.UntypedServiceImplementation {
  Embed: grpc.handleUnaryCall<_sangha_inference_v1_EmbedRequest__Output, _sangha_inference_v1_EmbedResponse>;
  
  /**
   * Ends with exactly one `finished`, or with an error status. Cancelling the call frees the sequence within 250 ms.
   * RESOURCE_EXHAUSTED (queue_full, no_memory) carries retry-after seconds; INVALID_ARGUMENT for what the model can't do
   * (context_length_exceeded, no_chat_template, schema_unsupported …); UNAVAILABLE (engine_crashed) when the child died.
   */
  Generate: grpc.handleServerStreamingCall<_sangha_inference_v1_GenerateRequest__Output, _sangha_inference_v1_GenerateEvent>;
  
  /**
   * What is loaded, as far as the caller's organisation may know: only models it uses. The platform context sees all.
   */
  ListEngines: grpc.handleUnaryCall<_sangha_inference_v1_ListEnginesRequest__Output, _sangha_inference_v1_ListEnginesResponse>;
  
  /**
   * Loads now; progress until ready.
   */
  LoadModel: grpc.handleServerStreamingCall<_sangha_inference_v1_LoadModelRequest__Output, _sangha_inference_v1_LoadProgress>;
  
  UnloadModel: grpc.handleUnaryCall<_sangha_inference_v1_UnloadModelRequest__Output, _sangha_inference_v1_UnloadModelResponse>;
  
}

export interface InferenceDefinition extends grpc.ServiceDefinition {
  Embed: MethodDefinition<_sangha_inference_v1_EmbedRequest, _sangha_inference_v1_EmbedResponse, _sangha_inference_v1_EmbedRequest__Output, _sangha_inference_v1_EmbedResponse__Output>
  Generate: MethodDefinition<_sangha_inference_v1_GenerateRequest, _sangha_inference_v1_GenerateEvent, _sangha_inference_v1_GenerateRequest__Output, _sangha_inference_v1_GenerateEvent__Output>
  ListEngines: MethodDefinition<_sangha_inference_v1_ListEnginesRequest, _sangha_inference_v1_ListEnginesResponse, _sangha_inference_v1_ListEnginesRequest__Output, _sangha_inference_v1_ListEnginesResponse__Output>
  LoadModel: MethodDefinition<_sangha_inference_v1_LoadModelRequest, _sangha_inference_v1_LoadProgress, _sangha_inference_v1_LoadModelRequest__Output, _sangha_inference_v1_LoadProgress__Output>
  UnloadModel: MethodDefinition<_sangha_inference_v1_UnloadModelRequest, _sangha_inference_v1_UnloadModelResponse, _sangha_inference_v1_UnloadModelRequest__Output, _sangha_inference_v1_UnloadModelResponse__Output>
}
