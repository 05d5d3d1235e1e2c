// Original file: download/v1/download.proto


export interface GetDownloadRequest {
  'id'?: (string);
}

export interface GetDownloadRequest__Output {
  'id': (string);
}
