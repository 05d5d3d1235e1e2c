// Original file: tenant/v1/tenant.proto


export interface DeleteTokenResponse {
}

export interface DeleteTokenResponse__Output {
}
