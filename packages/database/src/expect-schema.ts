import { AppError } from '@sangha/errors';
import type { Database, HotStatement } from './database.ts';
import type { Migration } from './migrate.ts';

const appliedIds: HotStatement = {
  name: 'sangha_applied_migrations',
  postgres: 'select id, sum from migration',
  sqlite: 'select id, sum from migration',
};

/**
 * Refuses to go on unless every known migration is applied. A database that is ahead is fine: during an upgrade the old
 * release serves on the new schema (expand first, contract a release later).
 */
export async function expectSchema(database: Pick<Database<never>, 'hot'>, migrations: readonly Migration[]): Promise<void> {
  const rows = await database.hot.readAsPlatform<{ id: string; sum: string }>(appliedIds, []);
  const sums = new Map(rows.map(({ id, sum }) => [id, sum]));
  const missing = migrations.filter(({ id }) => !sums.has(id)).map(({ id }) => id);
  if (missing.length > 0)
    throw new AppError(
      'unavailable',
      `The database lacks the migrations ${missing.join(', ')}. Run the migration job of this release first.`,
    );
  const edited = migrations.filter(({ id, sum }) => sums.get(id) !== sum).map(({ id }) => id);
  if (edited.length > 0)
    throw new AppError(
      'unavailable',
      `The migrations ${edited.join(', ')} are not the ones that were applied. Start the release that they belong to.`,
    );
}
