// Original file: tenant/v1/tenant.proto


export interface GetEffectiveSettingsRequest {
}

export interface GetEffectiveSettingsRequest__Output {
}
