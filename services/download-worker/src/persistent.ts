import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError } from '@sangha/errors';

/** Whether the same question may get an answer a moment later. */
export const isTransient = (error: unknown): boolean => isAppError(error) && error.code === 'hub_unreachable';

/** Does it again after each of the pauses while it fails for a passing reason. */
export async function persistently<T>(work: () => Promise<T>, pausesMs: readonly number[], signal: AbortSignal): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await work();
    } catch (error) {
      const pauseMs = pausesMs[failures++];
      if (signal.aborted || !isTransient(error) || pauseMs === undefined) throw error;
      await sleep(pauseMs, undefined, { signal });
    }
  }
}
