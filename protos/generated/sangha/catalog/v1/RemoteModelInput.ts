// Original file: catalog/v1/catalog.proto


export interface RemoteModelInput {
  'id'?: (string);
  'name'?: (string);
  'apiFormat'?: (string);
  'baseUrl'?: (string);
  'models'?: (string)[];
  'prefix'?: (string);
  'forwardAllWithPrefix'?: (boolean);
  'visibility'?: (string);
  /**
   * keep | set; "keep" together with another origin in base_url is refused (key_origin_changed)
   */
  'keyAction'?: (string);
  'keyValue'?: (string);
  'extraHeaders'?: ({[key: string]: string});
  'extraBody'?: (string);
}

export interface RemoteModelInput__Output {
  'id': (string);
  'name': (string);
  'apiFormat': (string);
  'baseUrl': (string);
  'models': (string)[];
  'prefix': (string);
  'forwardAllWithPrefix': (boolean);
  'visibility': (string);
  /**
   * keep | set; "keep" together with another origin in base_url is refused (key_origin_changed)
   */
  'keyAction': (string);
  'keyValue': (string);
  'extraHeaders': ({[key: string]: string});
  'extraBody': (string);
}
