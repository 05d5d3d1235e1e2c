// Original file: inference/v1/inference.proto


export interface ListEnginesRequest {
}

export interface ListEnginesRequest__Output {
}
