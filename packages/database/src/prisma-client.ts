/**
 * What we need of a generated Prisma client. The flavours of two engines are not assignable to each other, but each one is
 * to this. Only transactions: a statement of the bare client would run outside every scope, and on SQLite inside whatever
 * transaction happens to be open.
 */
export interface TransactionalClient<Db> {
  $transaction<T>(work: (db: Db) => Promise<T>, options?: { maxWait?: number; timeout?: number }): Promise<T>;
  $disconnect(): Promise<void>;
}

/** The part of a transaction client that sets the scope. */
export interface RawExecutor {
  $executeRawUnsafe(text: string, ...values: unknown[]): PromiseLike<number>;
}

export interface TransactionTimes {
  /** Waiting for a connection, milliseconds. Default 2,000 on Postgres, 5,000 on SQLite (one writer). */
  maxWaitMs?: number;
  /** A whole unit of work, milliseconds. Default 5,000. */
  timeoutMs?: number;
}

/** A subset of pino's logger. */
export interface DatabaseLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
