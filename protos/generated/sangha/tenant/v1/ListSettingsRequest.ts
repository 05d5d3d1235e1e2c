// Original file: tenant/v1/tenant.proto


export interface ListSettingsRequest {
}

export interface ListSettingsRequest__Output {
}
