// Original file: download/v1/download.proto

import type { Download as _sangha_download_v1_Download, Download__Output as _sangha_download_v1_Download__Output } from '../../../sangha/download/v1/Download.ts';

export interface ListDownloadsResponse {
  'downloads'?: (_sangha_download_v1_Download)[];
  'total'?: (number);
  'page'?: (number);
  'pageSize'?: (number);
}

export interface ListDownloadsResponse__Output {
  'downloads': (_sangha_download_v1_Download__Output)[];
  'total': (number);
  'page': (number);
  'pageSize': (number);
}
