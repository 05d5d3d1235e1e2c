import { type ErrorCode, toAppError } from './app-error.ts';
import { type ErrorType, typeOf } from './codes.ts';

/** The error object of the management and OpenAI surfaces: the value of `error` in their bodies. */
export interface PublicError {
  message: string;
  type: ErrorType;
  code: ErrorCode;
  param?: string;
  params?: Record<string, string | number | boolean>;
}

/** Whatever was thrown, as a caller may see it: never a cause, a stack or the words of an unknown error. */
export function toPublicError(error: unknown): PublicError {
  const { message, code, param, params } = toAppError(error);
  return {
    message,
    type: typeOf(code),
    code,
    ...(param === undefined ? {} : { param }),
    ...(params === undefined ? {} : { params }),
  };
}
