import { AppError } from '@sangha/errors';
import type { Clock } from './clock.ts';
import type { Turn } from './hosted-model.ts';

/**
 * Runs work of an engine until it settles. When `signal` aborted and the work goes on for `stopMs`, the engine hangs: it is
 * condemned, so that its sequences are free again, and the wait ends with `engine_crashed`.
 */
export async function workOnTurn<T>(
  turn: Turn,
  { signal, clock, stopMs }: { signal: AbortSignal; clock: Clock; stopMs: number },
  work: () => Promise<T>,
): Promise<T> {
  const { promise: hanging, reject } = Promise.withResolvers<never>();
  let cancel: (() => void) | undefined;
  const onAbort = () => {
    cancel = clock.after(stopMs, () => {
      turn.condemn();
      reject(new AppError('engine_crashed', 'The engine of this model did not stop and was ended. Try again.'));
    });
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(), hanging]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    cancel?.();
  }
}
