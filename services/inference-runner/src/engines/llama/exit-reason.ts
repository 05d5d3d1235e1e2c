import { AppError } from '@sangha/errors';

/** In words, why a process ended. */
export function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `killed by ${signal}`;
  return `exited with code ${code ?? 'unknown'}`;
}

/** What the callers of a process that died in the middle of their work are told. */
export const crashed = (reason: string): AppError =>
  new AppError(
    'engine_crashed',
    'The engine stopped while it worked on this request. It is started again for the next one: try again.',
    {
      cause: reason,
      retryAfterSecs: 2,
    },
  );

/**
 * What a process that died while it loaded a file says about the file. An abort or a fault comes from the native code's own
 * checks, so the file is unusable; a kill from outside is nearly always the kernel's answer to missing memory.
 */
export function loadCrashed(code: number | null, signal: NodeJS.Signals | null, lastWords: string): AppError {
  const cause = `${exitReason(code, signal)}\n${lastWords}`;
  if (signal === 'SIGKILL') {
    return new AppError(
      'no_memory',
      'The engine was killed while it loaded the model, most likely for lack of memory. Unload another model, or lower context_size and sequences.',
      {
        cause,
        retryAfterSecs: 30,
      },
    );
  }
  return new AppError(
    'model_unusable',
    'The engine stopped while it loaded this model file: the file is damaged or of a kind this engine does not know. Download it again or choose another one.',
    {
      cause,
    },
  );
}
