export type { Database, HotSql, HotStatement, SqlValue } from './database.ts';
export { type Migration, migrate, readMigrations } from './migrate.ts';
export { orgScope } from './org-scope.ts';
export { openPostgres, type PostgresOptions } from './postgres.ts';
export { openSqlite, type SqliteOptions } from './sqlite.ts';
