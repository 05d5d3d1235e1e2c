import pg from 'pg';
import type { AppliedMigration, MigrationTarget } from './migrate.ts';

/** Migrations on one schema, as its owner (`catalog_owner`). An advisory lock of the transaction keeps other starters out. */
export function postgresTarget({ url, schema }: { url: string; schema: string }): MigrationTarget {
  const client = new pg.Client({
    connectionString: url,
    application_name: `sangha-migrate-${schema}`,
    options: '-c timezone=UTC',
  });
  client.on('error', () => undefined); // the statement that runs reports it
  let connected: Promise<unknown> | undefined;

  return {
    async step(choose) {
      connected ??= client.connect().then(() => refuseOtherRoles(client, schema));
      await connected;
      await client.query('begin');
      try {
        await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`sangha migrations of ${schema}`]);
        // A migration that waits for a table makes every request behind it wait too.
        await client.query(
          `set local search_path to ${pg.escapeIdentifier(schema)}; set local lock_timeout = '10s'; set local statement_timeout = 0`,
        );
        await ensureTable(client, schema);
        const { rows } = await client.query<AppliedMigration>('select id, sum from migration order by id collate "C"');
        const migration = choose(rows);
        if (migration !== undefined) {
          await client.query(migration.sql);
          await client.query('insert into migration (id, sum) values ($1, $2)', [migration.id, migration.sum]);
        }
        await client.query('commit');
        return migration;
      } catch (error) {
        await client.query('rollback').catch(() => undefined); // a lost connection has rolled back by itself
        throw error;
      }
    },
    async close() {
      await client.end().catch(() => undefined);
    },
  };
}

/** Tables must belong to the owner role, or the service's policies and grants are built on sand. */
async function refuseOtherRoles(client: pg.Client, schema: string) {
  const { rows } = await client.query<{ role: string; owner: string }>(
    'select current_user as role, pg_get_userbyid(nspowner) as owner from pg_namespace where nspname = $1',
    [schema],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`The schema ${schema} does not exist. Create it and its roles first (createRoles).`);
  if (row.role !== row.owner) throw new Error(`Migrations of ${schema} run as its owner ${row.owner}, not as ${row.role}.`);
}

async function ensureTable(client: pg.Client, schema: string) {
  const { rowCount } = await client.query(
    "select from pg_class where relname = 'migration' and relnamespace = to_regnamespace($1)",
    [schema],
  );
  if (rowCount !== 0) return;
  await client.query('create table migration (id text primary key, sum text not null, at timestamptz not null default now())');
  const { rows } = await client.query<{ role: string }>('select rolname as role from pg_roles where rolname = any ($1)', [
    [`${schema}_app`, `${schema}_platform`],
  ]);
  for (const { role } of rows) await client.query(`grant select on migration to ${pg.escapeIdentifier(role)}`);
}
