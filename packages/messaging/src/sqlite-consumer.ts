import { setImmediate as nextTurn } from 'node:timers';
import { type Logger, redact } from '@sangha/telemetry';
import type { ConsumeOptions, Consumer, Delivery } from './messaging.ts';
import type { SqliteStore, Taken } from './sqlite-store.ts';

export interface SqliteConsumerDeps {
  store: SqliteStore;
  options: Required<ConsumeOptions>;
  handler: (delivery: Delivery) => Promise<void>;
  clock: () => number;
  retryDelayMs: (attempt: number) => number;
  log: Pick<Logger, 'warn' | 'error'>;
  /** Something of these subjects rests or is free again: the others look when. */
  onReturned: () => void;
}

export interface SqliteConsumer extends Consumer {
  readonly options: Required<ConsumeOptions>;
  /** There may be something to do. */
  wake(): void;
}

// A timer can't be longer; it only wakes us too early.
const longestTimerMs = 2 ** 31 - 1;

/** Keeps up to `concurrency` handlers busy. It sleeps until it is woken or a lease or a rest ends; it never polls. */
export function startSqliteConsumer(deps: SqliteConsumerDeps): SqliteConsumer {
  const { store, options, handler, clock, retryDelayMs, log, onReturned } = deps;
  const { durable, subjects, concurrency, lingerMs, ackWaitMs, maxAttempts } = options;
  const running = new Set<Promise<void>>();
  const closing = new AbortController();
  const finished: Taken[] = [];
  let timer: NodeJS.Timeout | undefined;
  let lingering: NodeJS.Timeout | undefined;
  let awake = false;
  // As many as could be taken were there: more are waiting, and those have waited enough.
  let behind = false;

  const wake = (): void => {
    if (awake || closing.signal.aborted) return;
    awake = true;
    if (lingerMs > 0 && !behind) lingering = setTimeout(tryToWork, lingerMs);
    else nextTurn(tryToWork);
  };

  const tryToWork = (): void => {
    awake = false;
    if (closing.signal.aborted) return;
    try {
      work();
    } catch (err) {
      log.error({ err, durable }, 'The queue could not be read');
      sleepUntil(clock() + 1000);
    }
  };

  const work = (): void => {
    recordFinished();
    const free = concurrency - running.size;
    if (free > 0) {
      const { taken, dead } = store.take({ durable, subjects, limit: free, now: clock(), ackWaitMs, maxAttempts });
      for (const { attempt, message } of dead) {
        log.error({ durable, ...facts(message), attempt }, 'A message went to the dead letters: its handler never ended');
      }
      behind = taken.length === free;
      for (const one of taken) start(one);
    }
    // With every place taken, the next end of a handler wakes us.
    sleepUntil(running.size < concurrency ? store.nextDueAt(durable, subjects) : undefined);
  };

  const start = (taken: Taken): void => {
    const ended = handle(taken).finally(() => {
      running.delete(ended);
      wake();
    });
    running.add(ended);
  };

  const handle = async (taken: Taken): Promise<void> => {
    const delivery: Delivery = {
      ...taken.message,
      attempt: taken.attempt,
      signal: closing.signal,
      working: async () => store.extend(durable, taken, clock() + ackWaitMs),
    };
    try {
      await handler(delivery);
    } catch (error) {
      record(() => failed(taken, error), taken);
      return;
    }
    finished.push(taken);
  };

  /** In one transaction for all handlers that ended since; those that a kill comes before are delivered again. */
  const recordFinished = (): void => {
    const batch = finished.splice(0);
    const [first] = batch;
    if (first !== undefined) record(() => store.finish(durable, batch), first);
  };

  const failed = (taken: Taken, error: unknown): void => {
    const about = { err: error, durable, ...facts(taken.message), attempt: taken.attempt };
    if (closing.signal.aborted) {
      store.giveBack(durable, taken, clock());
    } else if (taken.attempt >= maxAttempts) {
      store.giveUp(durable, taken, reasonOf(error), clock());
      log.error(about, 'A message went to the dead letters: its handler failed too often');
    } else {
      const restMs = retryDelayMs(taken.attempt);
      store.retryAt(durable, taken, clock() + restMs);
      log.warn({ ...about, restMs }, 'A handler failed and will get its message again');
    }
    onReturned();
  };

  // The outcome could not be written (disk full): the lease runs out and the message comes again.
  const record = (write: () => void, { message }: Taken): void => {
    try {
      write();
    } catch (err) {
      log.error({ err, durable, ...facts(message) }, 'The outcome of a message could not be recorded');
    }
  };

  const sleepUntil = (at: number | undefined): void => {
    clearTimeout(timer);
    timer = at === undefined ? undefined : setTimeout(wake, Math.min(longestTimerMs, Math.max(1, at - clock())));
  };

  wake();
  return {
    options,
    wake,
    async close() {
      closing.abort();
      clearTimeout(timer);
      clearTimeout(lingering);
      await Promise.all(running);
      recordFinished();
      onReturned();
    },
  };
}

const facts = ({ subject, orgId, messageId }: Taken['message']) => ({ subject, orgId, messageId });

const reasonOf = (error: unknown): string =>
  redact(error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500);
