/**
 * `starting` until the start function is through, `ready` while the process serves, `draining` from the wish to stop until
 * everything is closed, then `closed`. Liveness is none of this: a process that answers at all is alive.
 */
export type HealthState = 'starting' | 'ready' | 'draining' | 'closed';

/** Read by readiness probes; changes by itself. */
export interface Health {
  readonly state: HealthState;
}

/** What the start function of a process gets. Its functions need no receiver: `const { defer } = life` is fine. */
export interface Life {
  /** Aborts when the process shall end. */
  readonly signal: AbortSignal;
  readonly health: Health;
  /**
   * Says what closes something that was just opened. Closed one after the other, last opened first, each within the time
   * cap; one that fails or hangs does not keep the others from being closed. Deferred after the end, it is closed at once.
   */
  defer(name: string, close: () => void | Promise<void>): void;
  /** Ends the process: with an error because something essential failed, without because it is done. */
  stop(error?: unknown): void;
}

/** Told every error that is not the one thrown in the end. */
export type Report = (what: string, error: unknown) => void;

export interface LifeOptions {
  /** For each thing that is closed, and for a start that was told to stop. Default 10 s. */
  closeTimeoutMs?: number;
  report: Report;
}

interface Deferred {
  name: string;
  close: () => void | Promise<void>;
}

/**
 * The life of a process without the process. `live` starts it, waits until `stop`, closes everything, and rejects with the
 * first error that happened: of the start, of `stop(error)`, of closing.
 */
export function createLife(options: LifeOptions): Life & { live(start: (life: Life) => Promise<void> | void): Promise<void> } {
  const { closeTimeoutMs = 10_000, report } = options;
  const controller = new AbortController();
  const { signal } = controller;
  const health: { state: HealthState } = { state: 'starting' };
  const open: Deferred[] = [];
  let first: { error: unknown } | undefined;

  const stop = (error?: unknown) => {
    if (error !== undefined) record('stopped', error);
    if (health.state !== 'closed') health.state = 'draining';
    controller.abort();
  };

  const defer = (name: string, close: Deferred['close']) => {
    if (health.state === 'closed') void closeOne({ name, close });
    else open.push({ name, close });
  };

  function record(what: string, error: unknown): void {
    if (first === undefined) first = { error };
    else if (first.error !== error) report(what, error);
  }

  async function begin(start: (life: Life) => Promise<void> | void): Promise<void> {
    try {
      await start(life);
      if (!signal.aborted) health.state = 'ready';
    } catch (error) {
      // A start that was told to stop says so by failing; that is no error.
      if (!signal.aborted || !isAbort(error)) record('start', error);
      stop();
    }
  }

  async function closeOne({ name, close }: Deferred): Promise<void> {
    try {
      const inTime = await within(Promise.resolve().then(close), closeTimeoutMs);
      if (!inTime)
        record(`closing ${name}`, new Error(`Closing ${name} took longer than ${closeTimeoutMs} ms; going on without it.`));
    } catch (error) {
      record(`closing ${name}`, error);
    }
  }

  const life: Life = { signal, health, defer, stop };
  return {
    ...life,
    async live(start) {
      const begun = begin(start);
      await aborted(signal);
      if (!(await within(begun, closeTimeoutMs)))
        report('start', new Error('The start did not end when it was told to stop; going on without it.'));
      for (let next = open.pop(); next !== undefined; next = open.pop()) await closeOne(next);
      health.state = 'closed';
      if (first !== undefined) throw first.error;
    },
  };
}

const isAbort = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || (error as { code?: unknown }).code === 'cancelled');

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Whether the work ended in time. Its failure is thrown; one that comes too late is nobody's any more. */
async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
