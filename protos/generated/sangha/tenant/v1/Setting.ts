// Original file: tenant/v1/tenant.proto


export interface Setting {
  'key'?: (string);
  /**
   * JSON
   */
  'value'?: (string);
  /**
   * JSON
   */
  'defaultValue'?: (string);
  /**
   * system | command_line | environment | organization | file | default
   */
  'source'?: (string);
  'editable'?: (boolean);
  /**
   * string | number | boolean | string_list
   */
  'type'?: (string);
}

export interface Setting__Output {
  'key': (string);
  /**
   * JSON
   */
  'value': (string);
  /**
   * JSON
   */
  'defaultValue': (string);
  /**
   * system | command_line | environment | organization | file | default
   */
  'source': (string);
  'editable': (boolean);
  /**
   * string | number | boolean | string_list
   */
  'type': (string);
}
