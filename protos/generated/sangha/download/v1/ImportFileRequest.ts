// Original file: download/v1/download.proto


export interface ImportFileRequest {
  'path'?: (string);
  'repo'?: (string);
}

export interface ImportFileRequest__Output {
  'path': (string);
  'repo': (string);
}
