export type { Database, HotSql, HotStatement, SqlValue } from './database.ts';
export { violatedKey } from './database-errors.ts';
export { expectSchema } from './expect-schema.ts';
export { type MigrateOptions, type Migration, type MigrationTarget, migrate, readMigrations } from './migrate.ts';
export { orgScope } from './org-scope.ts';
export type { DatabaseLog, TransactionalClient } from './prisma-client.ts';
export { openSqlite, type SqliteOptions } from './sqlite.ts';
export { sqliteTarget } from './sqlite-target.ts';
