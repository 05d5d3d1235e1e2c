export { AppError, type ErrorCode, isAppError, isErrorCode, toAppError } from './app-error.ts';
export { codes, type ErrorType, httpStatusOf, typeOf } from './codes.ts';
export { grpcStatusOf } from './grpc-status.ts';
export { type PublicError, toPublicError } from './public-error.ts';
