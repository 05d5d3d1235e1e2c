import { type AppError, type ErrorCode, toAppError } from '@sangha/errors';

/** What a job does after an error: rest as failed, or go back to the queue until `waitMs` have passed. */
export type AfterFailure =
  | { kind: 'fail'; error: AppError }
  | { kind: 'requeue'; waitMs: number; dropPart: boolean; error: AppError };

export interface RetryLimits {
  /** Times that a job waits for a hub that limits its rate. */
  rateLimitWaits: number;
  /** Longest wait that is taken on; a hub that asks for more fails the job, saying when to retry. */
  longestWaitMs: number;
  /** Wait where the hub asked but did not say how long. */
  defaultWaitMs: number;
}

/** The file came whole and wrong: it is fetched once more from the beginning, because a proxy may have cut in. */
const worthASecondFetch: ReadonlySet<ErrorCode> = new Set(['hash_mismatch']);

/** `waits` and `refetches`: how often the job was put back for this reason before. */
export function afterFailure(thrown: unknown, past: { waits: number; refetches: number }, limits: RetryLimits): AfterFailure {
  const error = toAppError(thrown);
  if (error.code === 'hub_rate_limited' && past.waits < limits.rateLimitWaits) {
    const waitMs = error.retryAfterSecs === undefined ? limits.defaultWaitMs : error.retryAfterSecs * 1000;
    if (waitMs <= limits.longestWaitMs) return { kind: 'requeue', waitMs, dropPart: false, error };
  }
  if (worthASecondFetch.has(error.code) && past.refetches < 1) return { kind: 'requeue', waitMs: 0, dropPart: true, error };
  return { kind: 'fail', error };
}

/** Whether bytes that are already here are of no use for another try. */
export const partIsWorthless = (code: ErrorCode): boolean => ['hash_mismatch', 'not_a_gguf', 'model_unusable'].includes(code);
