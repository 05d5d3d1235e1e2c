import { codes, type ErrorCode } from './codes.ts';

export type { ErrorCode };

export interface AppErrorOptions {
  /** What really happened, for the log only. */
  cause?: unknown;
  /** The request's field at fault, as the caller wrote it (`messages[2].content`). */
  param?: string;
  /** Facts for a machine, fit for a stranger. */
  params?: Record<string, string | number | boolean>;
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  retryAfterSecs?: number;
}

/**
 * An error with two sentences: `message` is fit for a stranger and says the next step, `cause` is fit for the log.
 * Anything else that is thrown is shown as `internal`.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly params: Record<string, string | number | boolean> | undefined;
  readonly retryAfterSecs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.param = options.param;
    this.params = options.params;
    this.retryAfterSecs = options.retryAfterSecs;
  }
}

export const isAppError = (error: unknown): error is AppError => error instanceof AppError;

/** The error as a caller may see it: itself, or `internal` with the thing as cause. Aborts become `cancelled`. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (error instanceof Error && error.name === 'AbortError')
    return new AppError('cancelled', 'The request was cancelled.', { cause: error });
  return new AppError(
    'internal',
    'Something went wrong on our side. The operator finds the reason in the log by the request id.',
    { cause: error },
  );
}

/** Whether a text is one of our codes; for codes that arrive over the wire. */
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(codes, text);
