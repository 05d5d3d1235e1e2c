import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { assertIsolation } from './assert-isolation.ts';
import type { Database } from './database.ts';
import { toDatabaseError } from './database-errors.ts';
import { orgScope, requireOrg } from './org-scope.ts';
import { createPlatformUse } from './platform-use.ts';
import { createPostgresHot } from './postgres-hot.ts';
import type { DatabaseLog, RawExecutor, TransactionalClient, TransactionTimes } from './prisma-client.ts';
import { createUnitOfWork } from './unit-of-work.ts';

export interface PostgresOptions<Db> extends TransactionTimes {
  /** As the schema's app role (`catalog_app`). */
  url: string;
  /** As the schema's platform role (`catalog_platform`). Without it `asPlatform` refuses. */
  platformUrl?: string;
  schema: string;
  /** Constructs the owner's generated client (Postgres flavour) over our adapter; called once per role. */
  prisma: (adapter: PrismaPg) => TransactionalClient<Db>;
  /** Connections of the app role. Default 10. The platform role gets 2 more. */
  poolSize?: number;
  /** Names of unique keys that rightly don't start with org_id, such as a token's digest. */
  keysWithoutOrg?: readonly string[];
  log?: DatabaseLog;
  /** Counts uses of `asPlatform`; reasons are constants. */
  onPlatformUse?: (reason: string) => void;
}

const platformPoolSize = 2;

/**
 * One schema of a Postgres database as a `Database`. Refuses to open when its roles could walk around row-level security
 * (`assertIsolation`). The caller closes it.
 */
export async function openPostgres<Db extends RawExecutor>(options: PostgresOptions<Db>): Promise<Database<Db>> {
  const { schema, log } = options;
  const platformUsed = createPlatformUse(log, options.onPlatformUse);
  const units = createUnitOfWork(schema, log);
  const app = openRole(options, options.url, options.poolSize ?? 10);
  const platform = options.platformUrl === undefined ? undefined : openRole(options, options.platformUrl, platformPoolSize);
  const close = async () => void (await Promise.allSettled([app.close(), platform?.close()]));
  try {
    await assertIsolation(app.pool, platform?.pool, { schema, keysWithoutOrg: options.keysWithoutOrg ?? [] });
    await app.transaction(async () => undefined); // the first transaction loads Prisma's engine
  } catch (error) {
    await close();
    throw toDatabaseError(error);
  }

  return {
    async withOrg(context, work) {
      requireOrg(context);
      const { text, values } = orgScope(context);
      return await units.run(() =>
        app.transaction(async (db) => {
          await db.$executeRawUnsafe(text, ...values);
          return await work(db);
        }),
      );
    },
    async asPlatform(reason, work) {
      if (platform === undefined)
        throw new Error(`The schema ${schema} was opened without a platform role, so asPlatform("${reason}") can't run.`);
      platformUsed(reason);
      return await units.run(() => platform.transaction(work));
    },
    hot: createPostgresHot(app.pool, units),
    async close() {
      await units.drain();
      await close();
    },
  };
}

/** The connections of one role and the Prisma client over them. */
function openRole<Db>(options: PostgresOptions<Db>, url: string, size: number) {
  const { schema, log, maxWaitMs = 2_000, timeoutMs = 5_000 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    pipeline: true, // lets postgres-hot.ts send a whole transaction in one write
    connectionTimeoutMillis: maxWaitMs,
    keepAlive: true,
    application_name: `sangha-${schema}`,
    query_timeout: timeoutMs + 2_000, // a server that no longer answers at all
    // Prisma's own timeout gives up waiting but leaves the statement running; these two end it.
    statement_timeout: timeoutMs,
    idle_in_transaction_session_timeout: timeoutMs * 2,
    // UTC: with another session time zone Prisma's timestamps are stored hours off.
    options: `-c search_path=${schema} -c timezone=UTC`,
  });
  const lost = (error: Error) => log?.warn({ err: error, schema }, 'Database connection lost');
  pool.on('error', lost);
  // A connection that is checked out reports here; without a listener losing it would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const client = options.prisma(new PrismaPg(pool, { schema }));
  return {
    pool,
    transaction: <T>(work: (db: Db) => Promise<T>) => client.$transaction(work, { maxWait: maxWaitMs, timeout: timeoutMs }),
    async close() {
      await client.$disconnect(); // leaves our pool open
      await pool.end();
    },
  };
}
