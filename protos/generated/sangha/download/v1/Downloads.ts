// Original file: download/v1/download.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Download as _sangha_download_v1_Download, Download__Output as _sangha_download_v1_Download__Output } from '../../../sangha/download/v1/Download.ts';
import type { GetDownloadRequest as _sangha_download_v1_GetDownloadRequest, GetDownloadRequest__Output as _sangha_download_v1_GetDownloadRequest__Output } from '../../../sangha/download/v1/GetDownloadRequest.ts';
import type { ImportFileRequest as _sangha_download_v1_ImportFileRequest, ImportFileRequest__Output as _sangha_download_v1_ImportFileRequest__Output } from '../../../sangha/download/v1/ImportFileRequest.ts';
import type { ImportProgress as _sangha_download_v1_ImportProgress, ImportProgress__Output as _sangha_download_v1_ImportProgress__Output } from '../../../sangha/download/v1/ImportProgress.ts';
import type { ListDownloadsRequest as _sangha_download_v1_ListDownloadsRequest, ListDownloadsRequest__Output as _sangha_download_v1_ListDownloadsRequest__Output } from '../../../sangha/download/v1/ListDownloadsRequest.ts';
import type { ListDownloadsResponse as _sangha_download_v1_ListDownloadsResponse, ListDownloadsResponse__Output as _sangha_download_v1_ListDownloadsResponse__Output } from '../../../sangha/download/v1/ListDownloadsResponse.ts';
import type { RequestDownloadRequest as _sangha_download_v1_RequestDownloadRequest, RequestDownloadRequest__Output as _sangha_download_v1_RequestDownloadRequest__Output } from '../../../sangha/download/v1/RequestDownloadRequest.ts';

/**
 * Model files. The job row is the truth; everything acknowledged here survives a kill.
 */
export interface DownloadsClient extends grpc.Client {
  ArchiveDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  ArchiveDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  ArchiveDownload(argument: _sangha_download_v1_GetDownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  ArchiveDownload(argument: _sangha_download_v1_GetDownloadRequest, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  archiveDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  archiveDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  archiveDownload(argument: _sangha_download_v1_GetDownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  archiveDownload(argument: _sangha_download_v1_GetDownloadRequest, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  
  CancelDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  CancelDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  CancelDownload(argument: _sangha_download_v1_GetDownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  CancelDownload(argument: _sangha_download_v1_GetDownloadRequest, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  cancelDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  cancelDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  cancelDownload(argument: _sangha_download_v1_GetDownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  cancelDownload(argument: _sangha_download_v1_GetDownloadRequest, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  
  GetDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  GetDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  GetDownload(argument: _sangha_download_v1_GetDownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  GetDownload(argument: _sangha_download_v1_GetDownloadRequest, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  getDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  getDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  getDownload(argument: _sangha_download_v1_GetDownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  getDownload(argument: _sangha_download_v1_GetDownloadRequest, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  
  /**
   * Puts a file of this machine into the store (a link, not a copy) and into the caller's organisation.
   * Only for the platform operator acting in an organisation (kind = platform with org_id). Progress counts hashed bytes.
   */
  ImportFile(argument: _sangha_download_v1_ImportFileRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_download_v1_ImportProgress__Output>;
  ImportFile(argument: _sangha_download_v1_ImportFileRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_download_v1_ImportProgress__Output>;
  /**
   * Puts a file of this machine into the store (a link, not a copy) and into the caller's organisation.
   * Only for the platform operator acting in an organisation (kind = platform with org_id). Progress counts hashed bytes.
   */
  importFile(argument: _sangha_download_v1_ImportFileRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_download_v1_ImportProgress__Output>;
  importFile(argument: _sangha_download_v1_ImportFileRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_download_v1_ImportProgress__Output>;
  
  ListDownloads(argument: _sangha_download_v1_ListDownloadsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_ListDownloadsResponse__Output>): grpc.ClientUnaryCall;
  ListDownloads(argument: _sangha_download_v1_ListDownloadsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_ListDownloadsResponse__Output>): grpc.ClientUnaryCall;
  ListDownloads(argument: _sangha_download_v1_ListDownloadsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_ListDownloadsResponse__Output>): grpc.ClientUnaryCall;
  ListDownloads(argument: _sangha_download_v1_ListDownloadsRequest, callback: grpc.requestCallback<_sangha_download_v1_ListDownloadsResponse__Output>): grpc.ClientUnaryCall;
  listDownloads(argument: _sangha_download_v1_ListDownloadsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_ListDownloadsResponse__Output>): grpc.ClientUnaryCall;
  listDownloads(argument: _sangha_download_v1_ListDownloadsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_ListDownloadsResponse__Output>): grpc.ClientUnaryCall;
  listDownloads(argument: _sangha_download_v1_ListDownloadsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_ListDownloadsResponse__Output>): grpc.ClientUnaryCall;
  listDownloads(argument: _sangha_download_v1_ListDownloadsRequest, callback: grpc.requestCallback<_sangha_download_v1_ListDownloadsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Idempotent while a job for the same file is active: answers that job. The file name may be empty or a quantization
   * ("Q4_K_M"): the hub's list decides, ambiguity is INVALID_ARGUMENT (file_ambiguous) naming the choices.
   */
  RequestDownload(argument: _sangha_download_v1_RequestDownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  RequestDownload(argument: _sangha_download_v1_RequestDownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  RequestDownload(argument: _sangha_download_v1_RequestDownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  RequestDownload(argument: _sangha_download_v1_RequestDownloadRequest, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  /**
   * Idempotent while a job for the same file is active: answers that job. The file name may be empty or a quantization
   * ("Q4_K_M"): the hub's list decides, ambiguity is INVALID_ARGUMENT (file_ambiguous) naming the choices.
   */
  requestDownload(argument: _sangha_download_v1_RequestDownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  requestDownload(argument: _sangha_download_v1_RequestDownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  requestDownload(argument: _sangha_download_v1_RequestDownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  requestDownload(argument: _sangha_download_v1_RequestDownloadRequest, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  
  RetryDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  RetryDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  RetryDownload(argument: _sangha_download_v1_GetDownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  RetryDownload(argument: _sangha_download_v1_GetDownloadRequest, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  retryDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  retryDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  retryDownload(argument: _sangha_download_v1_GetDownloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  retryDownload(argument: _sangha_download_v1_GetDownloadRequest, callback: grpc.requestCallback<_sangha_download_v1_Download__Output>): grpc.ClientUnaryCall;
  
  /**
   * The job now and at every change (at most 2 per second) until it rests.
   */
  WatchDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_download_v1_Download__Output>;
  WatchDownload(argument: _sangha_download_v1_GetDownloadRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_download_v1_Download__Output>;
  /**
   * The job now and at every change (at most 2 per second) until it rests.
   */
  watchDownload(argument: _sangha_download_v1_GetDownloadRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_download_v1_Download__Output>;
  watchDownload(argument: _sangha_download_v1_GetDownloadRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sangha_download_v1_Download__Output>;
  
}

/**
 * Model files. The job row is the truth; everything acknowledged here survives a kill.
 */
export interface DownloadsHandlers extends grpc.UntypedServiceImplementation {
  ArchiveDownload: grpc.handleUnaryCall<_sangha_download_v1_GetDownloadRequest__Output, _sangha_download_v1_Download>;
  
  CancelDownload: grpc.handleUnaryCall<_sangha_download_v1_GetDownloadRequest__Output, _sangha_download_v1_Download>;
  
  GetDownload: grpc.handleUnaryCall<_sangha_download_v1_GetDownloadRequest__Output, _sangha_download_v1_Download>;
  
  /**
   * Puts a file of this machine into the store (a link, not a copy) and into the caller's organisation.
   * Only for the platform operator acting in an organisation (kind = platform with org_id). Progress counts hashed bytes.
   */
  ImportFile: grpc.handleServerStreamingCall<_sangha_download_v1_ImportFileRequest__Output, _sangha_download_v1_ImportProgress>;
  
  ListDownloads: grpc.handleUnaryCall<_sangha_download_v1_ListDownloadsRequest__Output, _sangha_download_v1_ListDownloadsResponse>;
  
  /**
   * Idempotent while a job for the same file is active: answers that job. The file name may be empty or a quantization
   * ("Q4_K_M"): the hub's list decides, ambiguity is INVALID_ARGUMENT (file_ambiguous) naming the choices.
   */
  RequestDownload: grpc.handleUnaryCall<_sangha_download_v1_RequestDownloadRequest__Output, _sangha_download_v1_Download>;
  
  RetryDownload: grpc.handleUnaryCall<_sangha_download_v1_GetDownloadRequest__Output, _sangha_download_v1_Download>;
  
  /**
   * The job now and at every change (at most 2 per second) until it rests.
   */
  WatchDownload: grpc.handleServerStreamingCall<_sangha_download_v1_GetDownloadRequest__Output, _sangha_download_v1_Download>;
  
}

export interface DownloadsDefinition extends grpc.ServiceDefinition {
  ArchiveDownload: MethodDefinition<_sangha_download_v1_GetDownloadRequest, _sangha_download_v1_Download, _sangha_download_v1_GetDownloadRequest__Output, _sangha_download_v1_Download__Output>
  CancelDownload: MethodDefinition<_sangha_download_v1_GetDownloadRequest, _sangha_download_v1_Download, _sangha_download_v1_GetDownloadRequest__Output, _sangha_download_v1_Download__Output>
  GetDownload: MethodDefinition<_sangha_download_v1_GetDownloadRequest, _sangha_download_v1_Download, _sangha_download_v1_GetDownloadRequest__Output, _sangha_download_v1_Download__Output>
  ImportFile: MethodDefinition<_sangha_download_v1_ImportFileRequest, _sangha_download_v1_ImportProgress, _sangha_download_v1_ImportFileRequest__Output, _sangha_download_v1_ImportProgress__Output>
  ListDownloads: MethodDefinition<_sangha_download_v1_ListDownloadsRequest, _sangha_download_v1_ListDownloadsResponse, _sangha_download_v1_ListDownloadsRequest__Output, _sangha_download_v1_ListDownloadsResponse__Output>
  RequestDownload: MethodDefinition<_sangha_download_v1_RequestDownloadRequest, _sangha_download_v1_Download, _sangha_download_v1_RequestDownloadRequest__Output, _sangha_download_v1_Download__Output>
  RetryDownload: MethodDefinition<_sangha_download_v1_GetDownloadRequest, _sangha_download_v1_Download, _sangha_download_v1_GetDownloadRequest__Output, _sangha_download_v1_Download__Output>
  WatchDownload: MethodDefinition<_sangha_download_v1_GetDownloadRequest, _sangha_download_v1_Download, _sangha_download_v1_GetDownloadRequest__Output, _sangha_download_v1_Download__Output>
}
