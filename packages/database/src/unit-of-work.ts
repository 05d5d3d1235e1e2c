import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@sangha/errors';
import { isRetryable, toDatabaseError } from './database-errors.ts';
import type { DatabaseLog } from './prisma-client.ts';

/** Runs the transactions of one database: never one inside another, again after a lost race, with errors made presentable. */
export interface UnitOfWork {
  run<T>(transaction: () => Promise<T>): Promise<T>;
  /** A read outside transactions, with the same rules but no second try. */
  read<T>(query: () => Promise<T>): Promise<T>;
  /** Refuses new work and waits for what runs (its own timeouts bound the wait). */
  drain(): Promise<void>;
}

const attempts = 3;

export function createUnitOfWork(name: string, log?: DatabaseLog): UnitOfWork {
  const scopes = new AsyncLocalStorage<{ open: boolean }>();
  const running = new Set<Promise<unknown>>();
  let closed = false;

  // A nested scope needs a second connection: on a pool of one, and on SQLite's one writer, it waits for itself.
  function admit() {
    if (scopes.getStore()?.open)
      throw new Error(
        `A scope of the database "${name}" was opened inside another one. Finish the outer scope first, or pass its db on.`,
      );
    if (closed)
      throw new AppError('shutting_down', 'The server is shutting down. Try again in a few seconds.', { retryAfterSecs: 2 });
  }

  async function tracked<T>(work: () => Promise<T>): Promise<T> {
    const promise = work();
    running.add(promise);
    try {
      return await promise;
    } catch (error) {
      throw toDatabaseError(error);
    } finally {
      running.delete(promise);
    }
  }

  async function inScope<T>(transaction: () => Promise<T>): Promise<T> {
    const scope = { open: true };
    try {
      return await scopes.run(scope, transaction);
    } finally {
      scope.open = false; // work that outlives its transaction may open a scope of its own
    }
  }

  async function withRetry<T>(transaction: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await inScope(transaction);
      } catch (error) {
        if (attempt === attempts || !isRetryable(error)) throw error;
        log?.warn({ database: name, attempt, err: error }, 'Transaction lost a race, trying again');
        await delay(5 + Math.random() * 20 * attempt);
      }
    }
  }

  return {
    async run(transaction) {
      admit();
      return await tracked(() => withRetry(transaction));
    },
    async read(query) {
      admit();
      return await tracked(query);
    },
    async drain() {
      closed = true;
      await Promise.allSettled(running);
    },
  };
}
