import pg, { type CustomTypesConfig, type Pool, type QueryConfig } from 'pg';
import type { HotSql, HotStatement, SqlValue } from './database.ts';
import { toNumber } from './int64.ts';
import { orgScope, requireOrg } from './org-scope.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** Prepared reads without Prisma. The pool must be made with `pipeline: true`. */
export const createPostgresHot = (pool: Pool, units: UnitOfWork): HotSql => ({
  engine: 'postgres',
  readWithOrg: (context, statement, values) =>
    units.read(async () => {
      requireOrg(context);
      const client = await pool.connect();
      // Four statements, one round trip. allSettled: with Promise.all the second of two failures would be an unhandled rejection.
      const [begun, scoped, read, ended] = await Promise.allSettled([
        client.query({ name: 'sangha_begin', text: 'begin read only' }),
        client.query(orgScope(context)),
        client.query(toQuery(statement, values)),
        client.query({ name: 'sangha_commit', text: 'commit' }), // after an error Postgres answers it with a rollback
      ]);
      client.release(begun.status === 'rejected' || ended.status === 'rejected'); // maybe still in a transaction: don't reuse it
      for (const result of [begun, scoped, ended]) if (result.status === 'rejected') throw result.reason;
      if (read.status === 'rejected') throw read.reason;
      return read.value.rows;
    }),
  readAsPlatform: (statement, values) => units.read(async () => (await pool.query(toQuery(statement, values))).rows),
});

const toQuery = ({ name, postgres }: HotStatement, values: readonly SqlValue[]): QueryConfig => ({
  name,
  text: postgres,
  values: [...values],
  types: withNumbers,
});

// pg hands out int8 as text.
const withNumbers: CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text') =>
    oid === pg.types.builtins.INT8 ? toNumber : pg.types.getTypeParser(oid, format)) as CustomTypesConfig['getTypeParser'],
};
