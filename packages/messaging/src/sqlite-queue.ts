import { AppError } from '@sangha/errors';
import type { Logger } from '@sangha/telemetry';
import { backoffMs } from './backoff.ts';
import { createBroadcasts } from './broadcasts.ts';
import { checkConsumer, checkMessage, defaultAckWaitMs } from './check-message.ts';
import type { DeadLetters, DurableSubject, Message, Messaging } from './messaging.ts';
import { type SqliteConsumer, startSqliteConsumer } from './sqlite-consumer.ts';
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts';

export interface SqliteQueueOptions {
  /** Made if missing, readable by this user only. One process at a time opens it. */
  file: string;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Milliseconds since 1970. */
  clock?: () => number;
  /** The rest after the failed delivery of this number. Default: `backoffMs`. */
  retryDelayMs?: (attempt: number) => number;
}

const pruneEveryMs = 10 * 60_000;
/** By then this process has started all its consumers. */
const forgetAfterMs = 60 * 60_000;

/**
 * `Messaging` on one SQLite file, for one process: publishing is synced to the disk before it resolves, consumers of the
 * process are woken at once. Whoever opens it closes it.
 */
export function openSqliteQueue(options: SqliteQueueOptions): Messaging & { readonly deadLetters: DeadLetters } {
  const { file, log, clock = Date.now, retryDelayMs = backoffMs } = options;
  const store = openSqliteStore(file, clock());
  const broadcasts = createBroadcasts(log);
  const consumers = new Set<SqliteConsumer>();
  const wake = (subjects: readonly DurableSubject[]): void => {
    for (const consumer of consumers)
      if (consumer.options.subjects.some((subject) => subjects.includes(subject))) consumer.wake();
  };
  const publisher = createPublisher(store, clock, wake);
  const pruning = startPruning(store, consumers, clock, log);
  let closed: Promise<void> | undefined;

  const shutDown = async (): Promise<void> => {
    // Handlers that finish now may still publish what they did.
    await Promise.all([...consumers].map((consumer) => consumer.close()));
    pruning.close();
    publisher.close();
    broadcasts.close();
    store.close();
  };

  return {
    publish: async (message) => {
      checkMessage(message);
      await publisher.publish(message);
    },
    consume(wanted, handler) {
      if (closed) throw shuttingDown();
      checkConsumer(wanted);
      const complete = { concurrency: 1, lingerMs: 0, ackWaitMs: defaultAckWaitMs, maxAttempts: 5, ...wanted };
      store.join(wanted.durable, wanted.subjects, clock());
      const onReturned = () => wake(wanted.subjects);
      const consumer = startSqliteConsumer({ store, options: complete, handler, clock, retryDelayMs, log, onReturned });
      consumers.add(consumer);
      return {
        close: async () => {
          await consumer.close();
          consumers.delete(consumer);
        },
      };
    },
    broadcast: broadcasts.broadcast,
    listen: broadcasts.listen,
    deadLetters: {
      list: async ({ limit = 100 } = {}) => store.deadLetters(limit),
      count: async () => store.countDeadLetters(),
      retry: async ({ id, durable, subject }) => {
        store.revive(durable, Number(id.slice(durable.length + 1)), clock());
        wake([subject]);
      },
    },
    close: () => (closed ??= shutDown()),
  };
}

const shuttingDown = (): AppError =>
  new AppError('shutting_down', 'The server is shutting down. Try again in a few seconds.', { retryAfterSecs: 2 });

/** Under concurrent load commits keep this distance: a sync costs far more than the messages that it carries. */
const commitEveryMs = 10;

/**
 * Messages that are published in one turn of the event loop share a transaction and its sync; when several were there the
 * last time, the next ones wait for others up to `commitEveryMs` after it. One publisher that waits for each never waits longer.
 */
function createPublisher(store: SqliteStore, clock: () => number, wake: (subjects: readonly DurableSubject[]) => void) {
  let waiting: { message: Message; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let closed = false;
  let crowded = false;
  let lastAt = 0;

  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    crowded = batch.length > 1;
    lastAt = performance.now();
    const messages = batch.map(({ message }) => message);
    try {
      store.add(messages, clock());
    } catch (cause) {
      const error = new AppError('unavailable', 'The message could not be stored. Try again in a few seconds.', {
        cause,
        retryAfterSecs: 2,
      });
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { resolve } of batch) resolve();
    wake([...new Set(messages.map(({ subject }) => subject))]);
  };

  const soon = (): void => {
    const restMs = crowded ? lastAt + commitEveryMs - performance.now() : 0;
    if (restMs > 0) setTimeout(flush, restMs);
    else setImmediate(flush);
  };

  return {
    publish: (message: Message): Promise<void> =>
      new Promise((resolve, reject) => {
        if (closed) throw shuttingDown();
        // Copied: the caller may reuse its bytes as soon as this returns.
        waiting.push({ message: { ...message, payload: Buffer.from(message.payload) }, resolve, reject });
        if (waiting.length === 1) soon();
      }),
    close(): void {
      closed = true;
      flush();
    },
  };
}

function startPruning(
  store: SqliteStore,
  consumers: ReadonlySet<SqliteConsumer>,
  clock: () => number,
  log: Pick<Logger, 'warn' | 'error'>,
): { close(): void } {
  const openedAt = clock();
  let next: NodeJS.Immediate | undefined;

  const prune = (): void => {
    const now = clock();
    const inUse = [...consumers].map(({ options }) => options.durable);
    try {
      const { more, deadLetters, durables } = store.prune({ inUse, forget: now - openedAt > forgetAfterMs, now });
      if (deadLetters > 0) log.warn({ deadLetters }, 'Dead letters were deleted after 30 days');
      for (const gone of durables) log.warn(gone, 'A durable that nobody consumed for a week was forgotten');
      // In small steps, so that a long absence does not hold up the process.
      if (more) next = setImmediate(prune);
    } catch (err) {
      log.error({ err }, 'The queue could not be pruned');
    }
  };

  next = setImmediate(prune);
  const timer = setInterval(prune, pruneEveryMs).unref();
  return {
    close() {
      clearInterval(timer);
      clearImmediate(next);
    },
  };
}
