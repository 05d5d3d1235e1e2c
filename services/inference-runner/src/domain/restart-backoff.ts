import type { AppError } from '@sangha/errors';

/** Remembers engines that died or would not load, and says how long to leave each alone. */
export interface RestartBackoff {
  failed(key: string, error: AppError, now: number): void;
  /** The last failure and the wait that is left, or undefined when it may be tried. */
  blocked(key: string, now: number): { error: AppError; remainingMs: number; failures: number } | undefined;
}

const firstDelayMs = 1_000;
const longestDelayMs = 60_000;
const forgottenAfterMs = 5 * 60_000;
// The keys contain what callers choose (context size, template), so their number needs a bound.
const rememberedKeys = 1_000;

/** The first failure may be retried at once, the second after 1 s, then twice as long each time, to a minute; five quiet minutes forgive. */
export function createRestartBackoff(): RestartBackoff {
  const failures = new Map<string, { count: number; at: number; error: AppError }>();

  return {
    failed(key, error, now) {
      const before = failures.get(key);
      const count = before && now - before.at < forgottenAfterMs ? before.count + 1 : 1;
      failures.delete(key);
      failures.set(key, { count, at: now, error });
      const oldest = failures.keys().next().value;
      if (failures.size > rememberedKeys && oldest !== undefined) failures.delete(oldest);
    },
    blocked(key, now) {
      const failure = failures.get(key);
      if (!failure || failure.count < 2) return undefined;
      const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failure.count - 2, 16));
      const remainingMs = failure.at + delayMs - now;
      return remainingMs > 0 ? { error: failure.error, remainingMs, failures: failure.count } : undefined;
    },
  };
}
