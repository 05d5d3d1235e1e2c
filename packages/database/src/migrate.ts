import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseLog } from './prisma-client.ts';

export interface Migration {
  /** The file's name without `.sql`: `0001-aliases`. */
  id: string;
  sql: string;
  /** SHA-256 of the text, hex. */
  sum: string;
}

export interface AppliedMigration {
  id: string;
  sum: string;
}

/** Where migrations run; see `postgresTarget` and `sqliteTarget`. */
export interface MigrationTarget {
  /** One transaction, alone among all starters: reads what is applied, lets `choose` pick, applies it together with its row. */
  step(choose: (applied: AppliedMigration[]) => Migration | undefined): Promise<Migration | undefined>;
  close(): Promise<void>;
}

export interface MigrateOptions {
  log?: DatabaseLog;
  /** Goes along with a database that a newer release has migrated, as after a rollback. Default: refuse. */
  allowNewer?: boolean;
}

/** The `NNNN-name.sql` files of a folder, in order. Refuses other .sql names, a number given twice, and transaction control. */
export async function readMigrations(directory: string | URL): Promise<Migration[]> {
  const folder = typeof directory === 'string' ? directory : fileURLToPath(directory);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  const numbers = new Set<string>();
  for (const file of files) {
    const number = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(file)?.[1];
    if (number === undefined) throw new Error(`The migration ${join(folder, file)} must be called NNNN-name.sql.`);
    if (numbers.has(number))
      throw new Error(`Two migrations in ${folder} have the number ${number}. Give the newer one the next free number.`);
    numbers.add(number);
  }
  return await Promise.all(files.map((file) => readMigration(join(folder, file), file.slice(0, -'.sql'.length))));
}

async function readMigration(path: string, id: string): Promise<Migration> {
  const sql = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n');
  if (/^\s*(commit|rollback|begin\s*;|begin\s+transaction)/im.test(sql))
    throw new Error(
      `The migration ${path} controls its own transaction. Remove that: each file already runs in one, together with its row.`,
    );
  return { id, sql, sum: createHash('sha256').update(sql).digest('hex') };
}

/**
 * Applies what is missing, one transaction per file, and closes the target. Any number of processes may do so at once.
 * Refuses, before changing anything, when history and files disagree. Returns the ids applied by this call.
 */
export async function migrate(
  target: MigrationTarget,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<string[]> {
  const done: string[] = [];
  try {
    for (;;) {
      const migration = await target.step((applied) => nextMigration(applied, migrations, options.allowNewer ?? false));
      if (migration === undefined) return done;
      options.log?.info({ migration: migration.id }, 'Migration applied');
      done.push(migration.id);
    }
  } finally {
    await target.close();
  }
}

function nextMigration(
  applied: AppliedMigration[],
  migrations: readonly Migration[],
  allowNewer: boolean,
): Migration | undefined {
  const newest = applied.at(-1)?.id ?? '';
  const newestFile = migrations.at(-1)?.id ?? '';
  const files = new Map(migrations.map((migration) => [migration.id, migration]));
  for (const { id, sum } of applied) {
    const file = files.get(id);
    if (file === undefined && id > newestFile) {
      if (allowNewer) continue;
      throw new Error(
        `The database has the migration ${id}, which this release does not know. Start the newer release again, or restore its file.`,
      );
    }
    if (file === undefined) throw new Error(`The migration ${id} was applied, but its file is gone. Restore the file.`);
    if (file.sum !== sum)
      throw new Error(
        `The migration ${id} was edited after it was applied. Restore its text and put the change into a new file.`,
      );
  }
  const known = new Set(applied.map(({ id }) => id));
  const next = migrations.find(({ id }) => !known.has(id));
  if (next !== undefined && next.id < newest)
    throw new Error(`The migration ${next.id} comes late: ${newest} was already applied. Give it a number after that.`);
  return next;
}
