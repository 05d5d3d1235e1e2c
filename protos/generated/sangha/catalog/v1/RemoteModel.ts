// Original file: catalog/v1/catalog.proto


export interface RemoteModel {
  'id'?: (string);
  'name'?: (string);
  'apiFormat'?: (string);
  'baseUrl'?: (string);
  'models'?: (string)[];
  'prefix'?: (string);
  'forwardAllWithPrefix'?: (boolean);
  'visibility'?: (string);
  'hasApiKey'?: (boolean);
  'userId'?: (string);
  'createdAt'?: (string);
  'updatedAt'?: (string);
  'extraHeaders'?: ({[key: string]: string});
  'extraBody'?: (string);
}

export interface RemoteModel__Output {
  'id': (string);
  'name': (string);
  'apiFormat': (string);
  'baseUrl': (string);
  'models': (string)[];
  'prefix': (string);
  'forwardAllWithPrefix': (boolean);
  'visibility': (string);
  'hasApiKey': (boolean);
  'userId': (string);
  'createdAt': (string);
  'updatedAt': (string);
  'extraHeaders': ({[key: string]: string});
  'extraBody': (string);
}
