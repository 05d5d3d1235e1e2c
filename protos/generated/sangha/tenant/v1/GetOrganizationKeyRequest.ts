// Original file: tenant/v1/tenant.proto


export interface GetOrganizationKeyRequest {
}

export interface GetOrganizationKeyRequest__Output {
}
