// Original file: tenant/v1/tenant.proto


export interface EffectiveSettings {
  'values'?: ({[key: string]: string});
}

export interface EffectiveSettings__Output {
  'values': ({[key: string]: string});
}
