// Original file: download/v1/download.proto


export interface ListDownloadsRequest {
  'page'?: (number);
  'pageSize'?: (number);
}

export interface ListDownloadsRequest__Output {
  'page': (number);
  'pageSize': (number);
}
