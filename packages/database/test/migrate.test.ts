import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { isAppError } from '@sangha/errors';
import { testDatabase } from '@sangha/testkit/postgres';
import pg from 'pg';
import {
  createRoles,
  expectSchema,
  type Migration,
  type MigrationTarget,
  migrate,
  postgresTarget,
  readMigrations,
  sqliteTarget,
} from '../src/index.ts';
import { migrationsOf, postgres, sqlite, temporaryFolder } from './fixture/notes.ts';

interface Place {
  target: () => MigrationTarget;
  /** Names of the tables there, without the runner's own. */
  tables: () => Promise<string[]>;
}

const places: Record<string, (t: TestContext) => Promise<Place>> = {
  async postgres(t) {
    const { adminUrl } = await testDatabase(t);
    const { ownerUrl } = await createRoles(adminUrl, 'moving', { owner: 'moving-1', app: 'moving-2', platform: 'moving-3' });
    return {
      target: () => postgresTarget({ url: ownerUrl, schema: 'moving' }),
      tables: async () => {
        const client = new pg.Client({ connectionString: adminUrl });
        await client.connect();
        const { rows } = await client.query(
          "select tablename from pg_tables where schemaname = 'moving' and tablename <> 'migration' order by 1",
        );
        await client.end();
        return rows.map(({ tablename }) => tablename);
      },
    };
  },
  async sqlite(t) {
    const file = join(await temporaryFolder(t), 'deep', 'er.db');
    const { default: SqliteConnection } = await import('better-sqlite3');
    return {
      target: () => sqliteTarget({ file }),
      tables: async () => {
        const connection = new SqliteConnection(file, { readonly: true });
        const rows = connection
          .prepare<[], { name: string }>("select name from sqlite_schema where type = 'table' and name <> 'migration' order by 1")
          .all();
        connection.close();
        return rows.map(({ name }) => name);
      },
    };
  },
};

const make = (id: string, sql: string): Migration => ({ id, sql, sum: `sum of ${sql}` });
const one = make('0001-one', 'create table one (id integer primary key); insert into one values (1);');
const two = make('0002-two', 'create table two (id integer primary key);');
const three = make('0003-three', 'create table three (id integer primary key);');

for (const [engine, place] of Object.entries(places))
  suite(`migrations on ${engine}`, () => {
    test('are applied in order, once', async (t) => {
      const { target, tables } = await place(t);
      assert.deepEqual(await migrate(target(), [one, two]), ['0001-one', '0002-two']);
      assert.deepEqual(await migrate(target(), [one, two]), []);
      assert.deepEqual(await migrate(target(), [one, two, three]), ['0003-three']);
      assert.deepEqual(await tables(), ['one', 'three', 'two']);
    });

    test('that several starters run at once are applied once', async (t) => {
      const { target, tables } = await place(t);
      const done = await Promise.all([1, 2, 3, 4].map(() => migrate(target(), [one, two, three])));
      assert.deepEqual(done.flat().sort(), ['0001-one', '0002-two', '0003-three']);
      assert.deepEqual(await tables(), ['one', 'three', 'two']);
    });

    test('that fail half way leave nothing of the file, and what came before stays', async (t) => {
      const { target, tables } = await place(t);
      const failing = make('0002-fails', 'create table half (id integer); create table half (id integer);');
      await assert.rejects(migrate(target(), [one, failing, three]), /half/);
      assert.deepEqual(await tables(), ['one']);
      assert.deepEqual(await migrate(target(), [one, two]), ['0002-two']);
    });

    test('that were edited, removed or come late are refused before anything changes', async (t) => {
      const { target, tables } = await place(t);
      await migrate(target(), [one, three]);
      await assert.rejects(migrate(target(), [{ ...one, sum: 'another' }, three]), /0001-one was edited after it was applied/);
      await assert.rejects(migrate(target(), [three]), /0001-one was applied, but its file is gone/);
      await assert.rejects(migrate(target(), [one, two, three]), /0002-two comes late: 0003-three was already applied/);
      assert.deepEqual(await tables(), ['one', 'three']);
    });

    test('of a newer release are refused, or let be after a rollback', async (t) => {
      const { target } = await place(t);
      await migrate(target(), [one, two]);
      await assert.rejects(migrate(target(), [one]), /has the migration 0002-two, which this release does not know/);
      assert.deepEqual(await migrate(target(), [one], { allowNewer: true }), []);
    });
  });

for (const engine of [postgres, sqlite])
  test(`a service on ${engine.name} starts when every migration it knows is applied, also when there are newer ones`, async (t) => {
    const database = await engine.open(t);
    const known = await migrationsOf(engine.name);
    await expectSchema(database, known);
    await expectSchema(database, known.slice(0, 1));
    const missing = (error: unknown) =>
      isAppError(error) && error.code === 'unavailable' && /lacks the migrations 0009-new\b/.test(error.message);
    await assert.rejects(expectSchema(database, [...known, make('0009-new', '')]), missing);
    await assert.rejects(
      expectSchema(
        database,
        known.map((migration) => ({ ...migration, sum: 'x' })),
      ),
      /not the ones that were applied/,
    );
  });

test('migrations run as the owner of the schema and as nobody else', async (t) => {
  const { adminUrl } = await testDatabase(t);
  await assert.rejects(migrate(postgresTarget({ url: adminUrl, schema: 'moving' }), [one]), /schema moving does not exist/);
  const { url } = await createRoles(adminUrl, 'moving', { owner: 'moving-1', app: 'moving-2', platform: 'moving-3' });
  await assert.rejects(
    migrate(postgresTarget({ url: adminUrl, schema: 'moving' }), [one]),
    /run as its owner moving_owner, not as postgres/,
  );
  await assert.rejects(migrate(postgresTarget({ url, schema: 'moving' }), [one]), /not as moving_app/);
});

test('files are read in order; wrong names, doubled numbers and transaction control are refused', async (t) => {
  const folder = await temporaryFolder(t);
  const filesIn = async (name: string, files: Record<string, string>) => {
    await mkdir(join(folder, name));
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), text);
    return await readMigrations(join(folder, name));
  };
  const read = await filesIn('good', {
    '0002-b.sql': 'select 2;',
    '0001-a.sql': 'select 1;\r\n',
    'README.md': 'not a migration',
  });
  assert.deepEqual(
    read.map(({ id, sql }) => [id, sql]),
    [
      ['0001-a', 'select 1;\n'],
      ['0002-b', 'select 2;'],
    ],
  );
  assert.match(read[0]?.sum ?? '', /^[0-9a-f]{64}$/);
  await assert.rejects(filesIn('name', { '1-a.sql': '' }), /must be called NNNN-name\.sql/);
  await assert.rejects(filesIn('double', { '0001-a.sql': '', '0001-b.sql': '' }), /have the number 0001/);
  await assert.rejects(
    filesIn('commit', { '0001-a.sql': 'create table a (id int);\n  COMMIT;\n' }),
    /controls its own transaction/,
  );
});

test('roles and schemas made twice at once, and again with new passwords, end up usable', async (t) => {
  const { adminUrl } = await testDatabase(t);
  const make = (suffix: string) =>
    createRoles(adminUrl, 'roles', { owner: `o-${suffix}`, app: `a-${suffix}`, platform: `p%/'-${suffix}` });
  await Promise.all([make('1'), make('1'), make('1')]);
  const urls = await make('2');
  for (const url of Object.values(urls)) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.end();
  }
  await assert.rejects(createRoles(adminUrl, 'a"; drop', { owner: '', app: '', platform: '' }), /can't be a schema/);
});
