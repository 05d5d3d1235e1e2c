import type { OrgContext } from '@sangha/identity';

/**
 * The rows of one owner (a Postgres schema, or one SQLite file), reached only through a scope.
 *
 * `Db` is the interactive-transaction client of that owner's generated Prisma client (`Prisma.TransactionClient` of the
 * Postgres flavour; the SQLite flavour is cast to it once, in the owner's sqlite wiring).
 */
export interface Database<Db> {
  /**
   * One transaction bound to an organisation: on Postgres its first statement sets `app.org_id` and `app.user_id` for this
   * transaction only. Throwing rolls back. Refuses to nest (a nested scope needs a second connection and can deadlock a
   * pool of one). Never hold it over an HTTP, gRPC or engine call.
   */
  withOrg<T>(context: OrgContext, work: (db: Db) => Promise<T>): Promise<T>;
  /**
   * One transaction outside every organisation, under the platform role and its own policies. Loud on purpose: `reason`
   * is logged and counted. For look-ups before the organisation is known, cross-organisation jobs and the operator.
   */
  asPlatform<T>(reason: string, work: (db: Db) => Promise<T>): Promise<T>;
  /** The hot look-ups: prepared statements without Prisma (facts: 6 to 67 times cheaper). */
  readonly hot: HotSql;
  close(): Promise<void>;
}

/**
 * Prepared reads for the hot path. The statement text is written per engine by the owner's repository (`$1` on Postgres,
 * `?` on SQLite) and is a constant; values are always bound. Rows are plain objects with snake_case columns.
 */
export interface HotSql {
  readonly engine: 'postgres' | 'sqlite';
  /** A read under an organisation's scope, one round trip. */
  readWithOrg<Row>(context: OrgContext, statement: HotStatement, values: readonly SqlValue[]): Promise<Row[]>;
  /** A read that needs no organisation yet: on Postgres through a narrow definer function. */
  readAsPlatform<Row>(statement: HotStatement, values: readonly SqlValue[]): Promise<Row[]>;
}
export interface HotStatement {
  /** Unique name; Postgres prepares under it. */
  name: string;
  postgres: string;
  sqlite: string;
}
export type SqlValue = string | number | bigint | boolean | null | Uint8Array;
