// Original file: tenant/v1/tenant.proto


export interface RemoveMemberResponse {
}

export interface RemoveMemberResponse__Output {
}
