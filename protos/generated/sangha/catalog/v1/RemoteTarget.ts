// Original file: catalog/v1/catalog.proto


export interface RemoteTarget {
  'id'?: (string);
  /**
   * openai
   */
  'apiFormat'?: (string);
  'baseUrl'?: (string);
  /**
   * plaintext, in memory only, never logged
   */
  'apiKey'?: (string);
  /**
   * the prefix removed
   */
  'upstreamModel'?: (string);
  'extraHeaders'?: ({[key: string]: string});
  /**
   * JSON object
   */
  'extraBody'?: (string);
}

export interface RemoteTarget__Output {
  'id': (string);
  /**
   * openai
   */
  'apiFormat': (string);
  'baseUrl': (string);
  /**
   * plaintext, in memory only, never logged
   */
  'apiKey': (string);
  /**
   * the prefix removed
   */
  'upstreamModel': (string);
  'extraHeaders': ({[key: string]: string});
  /**
   * JSON object
   */
  'extraBody': (string);
}
