import { createLife, type Life, type Report } from './life.ts';

export interface RunOptions {
  /** For each thing that is closed. Default 10 s. */
  closeTimeoutMs?: number;
  /** Told what went wrong besides the error that `run` rejects with, and unhandled errors. Default: standard error. */
  report?: Report;
}

const signalNumbers = { SIGINT: 2, SIGTERM: 15 } as const;
// For output to be written; whatever still keeps the process alive after everything was closed is a leak.
const lastMomentMs = 2_000;

/**
 * Runs a process from its start until SIGTERM, SIGINT or `life.stop`, then closes what was deferred, last opened first.
 * Resolves when all went well, rejects with the first error otherwise: `await run(…)` at the top of a main file ends the
 * process with code 1. A second signal exits at once; an unhandled error is reported and exits with code 1.
 */
export async function run(name: string, start: (life: Life) => Promise<void> | void, options: RunOptions = {}): Promise<void> {
  const { report = toStandardError(name), ...limits } = options;
  const life = createLife({ ...limits, report });

  const onSignal = (signal: keyof typeof signalNumbers) => {
    if (life.signal.aborted) process.exit(128 + signalNumbers[signal]);
    life.stop();
  };
  const onUnhandled = (error: unknown) => {
    report('unhandled error', error);
    process.exit(1);
  };

  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  process.on('uncaughtException', onUnhandled).on('unhandledRejection', onUnhandled);
  // A promise alone does not keep a process alive, a start that opened nothing yet must not end it.
  const alive = setInterval(() => {}, 2 ** 30);
  try {
    await life.live(start);
  } finally {
    clearInterval(alive);
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    process.off('uncaughtException', onUnhandled).off('unhandledRejection', onUnhandled);
    setTimeout(() => process.exit(), lastMomentMs).unref();
  }
}

const toStandardError =
  (name: string): Report =>
  (what, error) =>
    console.error(`${name}: ${what}:`, error);
