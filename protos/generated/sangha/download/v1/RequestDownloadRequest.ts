// Original file: download/v1/download.proto


export interface RequestDownloadRequest {
  'repo'?: (string);
  'filename'?: (string);
  'revision'?: (string);
}

export interface RequestDownloadRequest__Output {
  'repo': (string);
  'filename': (string);
  'revision': (string);
}
