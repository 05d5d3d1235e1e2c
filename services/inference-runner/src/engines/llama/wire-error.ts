import { AppError, toAppError } from '@sangha/errors';
import type { WireError } from './protocol.ts';

export function toWireError(thrown: unknown): WireError {
  const { code, message, param, params, retryAfterSecs, cause } = toAppError(thrown);
  const reason = cause instanceof Error ? (cause.stack ?? cause.message) : cause === undefined ? undefined : String(cause);
  return { code, message, param, params, retryAfterSecs, cause: reason };
}

export function fromWireError({ code, message, param, params, retryAfterSecs, cause }: WireError): AppError {
  return new AppError(code, message, {
    ...(cause !== undefined && { cause }),
    ...(param !== undefined && { param }),
    ...(params !== undefined && { params }),
    ...(retryAfterSecs !== undefined && { retryAfterSecs }),
  });
}
