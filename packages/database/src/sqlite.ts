import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import type { Database } from './database.ts';
import { requireOrg } from './org-scope.ts';
import { createPlatformUse } from './platform-use.ts';
import type { DatabaseLog, TransactionalClient, TransactionTimes } from './prisma-client.ts';
import { busyTimeoutMs, connectionPragmas, openSqliteFile } from './sqlite-file.ts';
import { openSqliteHot } from './sqlite-hot.ts';
import { createUnitOfWork } from './unit-of-work.ts';

export interface SqliteOptions extends TransactionTimes {
  /** Made if missing, readable by this user only. */
  file: string;
  /** Constructs the owner's generated client (SQLite flavour) over our adapter. */
  prisma: (adapter: PrismaBetterSqlite3) => TransactionalClient<unknown>;
  log?: DatabaseLog;
  /** Counts uses of `asPlatform`; reasons are constants. */
  onPlatformUse?: (reason: string) => void;
}

/**
 * One SQLite file as a `Database`. Postgres' policies have no counterpart here: repositories name `org_id` in every statement.
 * All transactions share one connection and queue for it; `hot` reads beside them on a second one. The caller closes it.
 */
export async function openSqlite<Db>(options: SqliteOptions): Promise<Database<Db>> {
  const { file, log, maxWaitMs = 5_000, timeoutMs = 5_000 } = options;
  const platformUsed = createPlatformUse(log, options.onPlatformUse);
  openSqliteFile(file).close();
  // The one cast between flavours: repositories are typed with the Postgres client, whose methods are the same.
  const client = options.prisma(createAdapter(file)) as TransactionalClient<Db>;
  const units = createUnitOfWork(file, log);
  const hot = openSqliteHot(file, units);
  const transaction = <T>(work: (db: Db) => Promise<T>) =>
    units.run(() => client.$transaction(work, { maxWait: maxWaitMs, timeout: timeoutMs }));
  await transaction(async () => undefined); // the first transaction loads Prisma's engine

  return {
    async withOrg(context, work) {
      requireOrg(context);
      return await transaction(work);
    },
    async asPlatform(reason, work) {
      platformUsed(reason);
      return await transaction(work);
    },
    hot,
    async close() {
      await units.drain();
      hot.close(); // before the writer, which can then fold the write-ahead log into the file
      await client.$disconnect();
    },
  };
}

function createAdapter(file: string): PrismaBetterSqlite3 {
  const adapter = new PrismaBetterSqlite3({ url: file, timeout: busyTimeoutMs });
  const connect = adapter.connect.bind(adapter);
  adapter.connect = async () => {
    const connection = await connect();
    await connection.executeScript(connectionPragmas);
    return connection;
  };
  return adapter;
}
