// Original file: catalog/v1/catalog.proto


export interface DeleteRemoteModelResponse {
}

export interface DeleteRemoteModelResponse__Output {
}
