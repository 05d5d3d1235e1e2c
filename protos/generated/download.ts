import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Download as _sangha_download_v1_Download, Download__Output as _sangha_download_v1_Download__Output } from './sangha/download/v1/Download.ts';
import type { DownloadsClient as _sangha_download_v1_DownloadsClient, DownloadsDefinition as _sangha_download_v1_DownloadsDefinition } from './sangha/download/v1/Downloads.ts';
import type { GetDownloadRequest as _sangha_download_v1_GetDownloadRequest, GetDownloadRequest__Output as _sangha_download_v1_GetDownloadRequest__Output } from './sangha/download/v1/GetDownloadRequest.ts';
import type { ImportFileRequest as _sangha_download_v1_ImportFileRequest, ImportFileRequest__Output as _sangha_download_v1_ImportFileRequest__Output } from './sangha/download/v1/ImportFileRequest.ts';
import type { ImportProgress as _sangha_download_v1_ImportProgress, ImportProgress__Output as _sangha_download_v1_ImportProgress__Output } from './sangha/download/v1/ImportProgress.ts';
import type { ListDownloadsRequest as _sangha_download_v1_ListDownloadsRequest, ListDownloadsRequest__Output as _sangha_download_v1_ListDownloadsRequest__Output } from './sangha/download/v1/ListDownloadsRequest.ts';
import type { ListDownloadsResponse as _sangha_download_v1_ListDownloadsResponse, ListDownloadsResponse__Output as _sangha_download_v1_ListDownloadsResponse__Output } from './sangha/download/v1/ListDownloadsResponse.ts';
import type { RequestDownloadRequest as _sangha_download_v1_RequestDownloadRequest, RequestDownloadRequest__Output as _sangha_download_v1_RequestDownloadRequest__Output } from './sangha/download/v1/RequestDownloadRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  sangha: {
    download: {
      v1: {
        Download: MessageTypeDefinition<_sangha_download_v1_Download, _sangha_download_v1_Download__Output>
        /**
         * Model files. The job row is the truth; everything acknowledged here survives a kill.
         */
        Downloads: SubtypeConstructor<typeof grpc.Client, _sangha_download_v1_DownloadsClient> & { service: _sangha_download_v1_DownloadsDefinition }
        GetDownloadRequest: MessageTypeDefinition<_sangha_download_v1_GetDownloadRequest, _sangha_download_v1_GetDownloadRequest__Output>
        ImportFileRequest: MessageTypeDefinition<_sangha_download_v1_ImportFileRequest, _sangha_download_v1_ImportFileRequest__Output>
        ImportProgress: MessageTypeDefinition<_sangha_download_v1_ImportProgress, _sangha_download_v1_ImportProgress__Output>
        ListDownloadsRequest: MessageTypeDefinition<_sangha_download_v1_ListDownloadsRequest, _sangha_download_v1_ListDownloadsRequest__Output>
        ListDownloadsResponse: MessageTypeDefinition<_sangha_download_v1_ListDownloadsResponse, _sangha_download_v1_ListDownloadsResponse__Output>
        RequestDownloadRequest: MessageTypeDefinition<_sangha_download_v1_RequestDownloadRequest, _sangha_download_v1_RequestDownloadRequest__Output>
      }
    }
  }
}

