// Original file: catalog/v1/catalog.proto


export interface DeleteAliasResponse {
}

export interface DeleteAliasResponse__Output {
}
