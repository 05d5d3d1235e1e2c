import SqliteConnection from 'better-sqlite3';
import type { HotSql, HotStatement, SqlValue } from './database.ts';
import { toNumber } from './int64.ts';
import { requireOrg } from './org-scope.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** Prepared reads on a connection of their own that can't write. It must not be opened before the file exists. */
export function openSqliteHot(file: string, units: UnitOfWork): HotSql & { close(): void } {
  const connection = new SqliteConnection(file, { readonly: true, fileMustExist: true });
  connection.defaultSafeIntegers(true);
  const prepared = new Map<string, SqliteConnection.Statement<unknown[], Record<string, unknown>>>();

  function prepare({ name, sqlite }: HotStatement) {
    const known = prepared.get(name);
    if (known?.source === sqlite) return known;
    if (known !== undefined) throw new Error(`Two hot statements are called "${name}". Give each its own name.`);
    const statement = connection.prepare<unknown[], Record<string, unknown>>(sqlite);
    prepared.set(name, statement);
    return statement;
  }
  const read = async <Row>(statement: HotStatement, values: readonly SqlValue[]) =>
    await units.read(
      async () =>
        prepare(statement)
          .all(...values.map(toSqlite))
          .map(withNumbers) as Row[],
    );

  return {
    engine: 'sqlite',
    async readWithOrg(context, statement, values) {
      requireOrg(context); // the statement names org_id itself
      return await read(statement, values);
    },
    readAsPlatform: read,
    close: () => void connection.close(),
  };
}

const toSqlite = (value: SqlValue) => (typeof value === 'boolean' ? Number(value) : value);

function withNumbers(row: Record<string, unknown>) {
  for (const [column, value] of Object.entries(row)) if (typeof value === 'bigint') row[column] = toNumber(value);
  return row;
}
