import { type AppError, type ErrorCode, toAppError } from '@sangha/errors';

/** What a job does after an error: rest as failed, or go back to the queue. */
export type AfterFailure = { kind: 'fail'; error: AppError } | Requeue;
export interface Requeue {
  kind: 'requeue';
  /** `wait`: something outside has to get better first. `refetch`: the bytes are wrong and are fetched from the beginning. */
  because: 'wait' | 'refetch';
  waitMs: number;
  error: AppError;
}

export interface Patience {
  /** Waits in a row that brought no byte. */
  waits: number;
  /** Where nobody says how long. */
  defaultWaitMs: number;
  /** A hub that asks for a longer wait fails the job, saying when to retry. */
  longestWaitMs: number;
}

/** They pass without anybody doing something about the job. */
const passing: ReadonlySet<ErrorCode> = new Set(['hub_rate_limited', 'hub_unreachable', 'unavailable', 'deadline_exceeded']);

/** `waits` and `refetches`: how often the job was put back for this reason before. */
export function afterFailure(thrown: unknown, past: { waits: number; refetches: number }, patience: Patience): AfterFailure {
  const error = toAppError(thrown);
  const waitMs = error.retryAfterSecs === undefined ? patience.defaultWaitMs : error.retryAfterSecs * 1000;
  if (passing.has(error.code) && past.waits < patience.waits && waitMs <= patience.longestWaitMs)
    return { kind: 'requeue', because: 'wait', waitMs, error };
  // Once, because a proxy on the way may have cut in.
  if (error.code === 'hash_mismatch' && past.refetches < 1) return { kind: 'requeue', because: 'refetch', waitMs: 0, error };
  return { kind: 'fail', error };
}

/** Whether bytes that are already here are of no use for another try. */
export const partIsWorthless = (code: ErrorCode): boolean => ['hash_mismatch', 'not_a_gguf', 'model_unusable'].includes(code);
