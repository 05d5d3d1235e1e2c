import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isAppError } from '@sangha/errors';
import type { OrgContext } from '@sangha/identity';
import { twoOrganizations } from '@sangha/testkit/contexts';
import { testDatabase } from '@sangha/testkit/postgres';
import pg from 'pg';
import { type Database, openPostgres } from '../src/index.ts';
import { type Db, migrationsOf, noteTitles, postgresOptions } from './fixture/notes.ts';

// Row-level security alone: statements that forget or fake org_id, sent through withOrg. Tests that change a role use a
// schema of their own: roles belong to the server, which other test files may share.

async function fixture(t: TestContext, { schema = 'notes', poolSize = 4, timeoutMs = 5_000 } = {}) {
  const migrations = (await migrationsOf('postgres')).map((migration) => ({
    ...migration,
    sql: migration.sql.replaceAll('notes', schema),
  }));
  const urls = await testDatabase(t, { schema, migrations });
  const database = await openPostgres<Db>({ ...postgresOptions(urls), schema, poolSize, timeoutMs });
  t.after(() => database.close());
  const { victim, stranger } = twoOrganizations();
  await database.asPlatform('make the organisations of a test', async (db) => {
    for (const { orgId } of [victim, stranger]) await db.organization.create({ data: { orgId, name: 'an organisation' } });
  });
  await database.withOrg(victim, async (db) => {
    await db.note.create({ data: { orgId: victim.orgId, id: 'n1', title: 'private' } });
    await db.token.create({ data: { orgId: victim.orgId, id: 't1', tokenHash: 'hash' } });
  });
  await database.withOrg(stranger, (db) => db.note.create({ data: { orgId: stranger.orgId, id: 'own', title: 'mine' } }));
  return { database, victim, stranger, urls, schema };
}

/** What a hostile statement may answer, in the end: rows (or a count of them) of the stranger's own, or a refusal. */
const hostileReads = [
  'select org_id from note',
  'select org_id from token',
  'select org_id from organization',
  'select n.org_id from note n join token t using (org_id)',
  'select org_id from (select * from note order by title offset 0) as every',
  'with every as materialized (select * from note) select org_id from every',
  "select org_id from note where title like '%' or true",
  'select org_id from note for share',
  `select (xpath('//org_id/text()', table_to_xml('note', true, false, '')))[1]::text as org_id`,
];
const hostileWrites = [
  `update note set title = 'stolen'`,
  `update note set title = title || 'x' where id = 'n1'`,
  'delete from note',
  `delete from note using token where token.id = 't1'`,
  `update token set revoked_at = now()`,
];
const refusedWrites = (victim: OrgContext) => [
  `insert into note (org_id, id, title) values ('${victim.orgId}', 'planted', 'planted')`,
  `insert into note (org_id, id, title) values ('${victim.orgId}', 'n1', 'private') on conflict (org_id, id) do update set title = 'stolen'`,
  `insert into note (org_id, id, title) select '${victim.orgId}', 'planted', 'planted'`,
  `update note set org_id = '${victim.orgId}', id = 'moved'`,
  'truncate note',
  'alter table note disable row level security',
  'drop policy org on note',
  'drop table note',
];

/** Everything that got through the wall; empty when it holds. */
async function leaks(database: Database<Db>, victim: OrgContext, stranger: OrgContext): Promise<string[]> {
  const found: string[] = [];
  const attempt = (work: (db: Db) => Promise<unknown>) =>
    database.withOrg(stranger, work).then(
      () => 'done',
      () => 'refused',
    );
  await database.withOrg(stranger, async (db) => {
    await db.note.deleteMany({ where: { orgId: stranger.orgId } });
    await db.note.create({ data: { orgId: stranger.orgId, id: 'own', title: 'mine' } });
  });
  for (const sql of refusedWrites(victim)) if ((await attempt((db) => db.$executeRawUnsafe(sql))) === 'done') found.push(sql);
  for (const sql of hostileReads) {
    const rows = await database.withOrg(stranger, (db) => db.$queryRawUnsafe<{ org_id: string }[]>(sql));
    if (rows.some(({ org_id }) => org_id !== stranger.orgId)) found.push(sql);
  }
  for (const sql of hostileWrites) await attempt((db) => db.$executeRawUnsafe(sql));
  const notes = await database.withOrg(victim, (db) =>
    db.$queryRawUnsafe<{ id: string; title: string }[]>('select id, title from note'),
  );
  if (JSON.stringify(notes) !== '[{"id":"n1","title":"private"}]')
    found.push(`the victim's notes are now ${JSON.stringify(notes)}`);
  return found;
}

test('statements that forget the organisation still see and change only their own', async (t) => {
  const { database, victim, stranger } = await fixture(t);
  assert.deepEqual(await leaks(database, victim, stranger), []);
});

test("a role can't be left or the wall switched off from inside", async (t) => {
  const { database, stranger } = await fixture(t);
  for (const role of ['notes_platform', 'notes_owner', 'notes_lookup', 'postgres'])
    await assert.rejects(
      database.withOrg(stranger, (db) => db.$executeRawUnsafe(`set local role ${role}`)),
      /permission denied/,
      role,
    );
  const offThenRead = database.withOrg(stranger, async (db) => {
    await db.$executeRawUnsafe('set local row_security = off');
    return await db.$queryRawUnsafe('select * from note');
  });
  await assert.rejects(offThenRead, /row-level security/);
});

// The guard's own test: each way of breaking the wall must be seen, by the hostile statements and at the next start.
const breaks: [name: string, schema: string, sql: (schema: string) => string, refusal: RegExp, seenByStatements: boolean][] = [
  ['the role bypasses policies', 'bypass', (schema) => `alter role ${schema}_app bypassrls`, /bypass_app has BYPASSRLS/, true],
  [
    'security is disabled',
    'disabled',
    () => 'alter table note disable row level security',
    /note has org_id but row-level security is not enabled/,
    true,
  ],
  [
    'a policy lets everyone in',
    'everyone',
    () => 'create policy oops on note using (true)',
    /policy oops of note lets everyone_app in/,
    true,
  ],
  [
    'security is not forced',
    'unforced',
    () => 'alter table note no force row level security',
    /note has org_id but row-level security is not forced/,
    false,
  ],
  [
    'no policy is left',
    'nopolicy',
    () => 'drop policy org on token; drop policy lookup on token',
    /token has org_id but no policy/,
    false,
  ],
];
for (const [name, schema, breakWall, refusal, seenByStatements] of breaks)
  test(`it is noticed when ${name}`, async (t) => {
    const { database, victim, stranger, urls } = await fixture(t, { schema });
    assert.deepEqual(await leaks(database, victim, stranger), []);
    const admin = await connect(t, urls.adminUrl, schema);
    await admin.query(breakWall(schema));
    try {
      await assert.rejects(openPostgres<Db>({ ...postgresOptions(urls), schema }), refusal);
      assert.equal((await leaks(database, victim, stranger)).length > 0, seenByStatements);
    } finally {
      await admin.query(`alter role ${schema}_app nobypassrls`);
    }
  });

test('without a scope there are no rows and no writes, also on a connection that had one', async (t) => {
  const { urls, victim } = await fixture(t);
  const client = await connect(t, urls.url, 'notes');
  const noRows = async () => {
    assert.deepEqual((await client.query('select * from note')).rows, []);
    assert.equal((await client.query("update note set title = 'x'")).rowCount, 0);
    await assert.rejects(
      client.query('insert into note (org_id, id, title) values ($1, $2, $2)', [victim.orgId, 'x']),
      /row-level security/,
    );
    await assert.rejects(client.query("insert into note (org_id, id, title) values ('', 'x', 'x')"), /row-level security/);
  };
  await noRows();
  await client.query('begin');
  await client.query("select set_config('app.org_id', $1, true)", [victim.orgId]);
  assert.equal((await client.query('select * from note')).rowCount, 1);
  await client.query('commit');
  assert.equal((await client.query("select current_setting('app.org_id', true) as org")).rows[0].org, ''); // '' and not NULL: the trap
  await noRows();
});

test('a pool of one connection serves 2,000 scopes of two organisations, with errors and rollbacks, and never mixes them up', async (t) => {
  const { database, victim, stranger } = await fixture(t, { poolSize: 1 });
  const scopeLeft = {
    name: 'scope_left',
    postgres: "select coalesce(current_setting('app.org_id', true), '') as org",
    sqlite: '',
  };
  const broken = { name: 'broken', postgres: 'select 1 / (length($1) - length($1)) from note', sqlite: '' };
  const titles = (context: OrgContext) => (context === victim ? ['private'] : ['mine']);
  const steps: ((context: OrgContext) => Promise<void>)[] = [
    async (context) => {
      const rows = await database.hot.readWithOrg<{ title: string }>(
        context,
        { ...noteTitles, name: 'all_titles', postgres: 'select title from note where $1 <> $2' },
        ['a', 'b'],
      );
      assert.deepEqual(
        rows.map(({ title }) => title),
        titles(context),
      );
    },
    async (context) => {
      const notes = await database.withOrg(context, (db) => db.note.findMany());
      assert.deepEqual(
        notes.map(({ title }) => title),
        titles(context),
      );
    },
    async (context) => void (await assert.rejects(database.hot.readWithOrg(context, broken, ['x']), /division by zero/)),
    async (context) => {
      const failing = database.withOrg(context, async (db) => {
        await db.note.create({ data: { orgId: context.orgId, id: 'gone', title: 'gone' } });
        throw new Error('rolled back');
      });
      await assert.rejects(failing, /rolled back/);
    },
    async (context) => void (await assert.rejects(database.withOrg(context, (db) => db.$executeRawUnsafe('select nonsense')))),
  ];
  for (let index = 0; index < 2_000; index++) {
    // Mostly the cheap steps, in an order that puts each after each other.
    const step = steps[index % 7 < 5 ? index % 7 : 0];
    await step?.(index % 2 === 0 ? victim : stranger);
    if (index % 10 === 0) assert.deepEqual(await database.hot.readAsPlatform(scopeLeft, []), [{ org: '' }]);
  }
});

test('a hundred scopes at once on a small pool keep apart', async (t) => {
  const { database, victim, stranger } = await fixture(t, { poolSize: 3 });
  const all = { name: 'all', postgres: 'select org_id from note', sqlite: '' };
  const reads = Array.from({ length: 100 }, async (_, index) => {
    const context = index % 2 === 0 ? victim : stranger;
    const rows = await (index % 3 === 0
      ? database.withOrg(context, (db) => db.$queryRawUnsafe<{ org_id: string }[]>('select org_id from note'))
      : database.hot.readWithOrg<{ org_id: string }>(context, all, []));
    assert.deepEqual(rows, [{ org_id: context.orgId }]);
  });
  await Promise.all(reads);
});

test('a statement that runs too long is ended on the server too', async (t) => {
  const { database, stranger, urls } = await fixture(t, { timeoutMs: 300 });
  const admin = await connect(t, urls.adminUrl, 'notes');
  const isTimeout = (error: unknown) => isAppError(error) && error.code === 'deadline_exceeded';
  await assert.rejects(
    database.withOrg(stranger, (db) => db.$queryRawUnsafe('select pg_sleep(30)::text')),
    isTimeout,
  );
  await assert.rejects(
    database.hot.readWithOrg(stranger, { name: 'sleep', postgres: 'select pg_sleep(30)', sqlite: '' }, []),
    isTimeout,
  );
  const { rows } = await admin.query(
    "select from pg_stat_activity where usename = 'notes_app' and datname = current_database() and state <> 'idle'",
  );
  assert.equal(rows.length, 0);
});

test('a connection lost in the middle is "unavailable", and the next request gets a new one', async (t) => {
  const { database, stranger, urls } = await fixture(t, { poolSize: 1 });
  const admin = await connect(t, urls.adminUrl, 'notes');
  const kill = () =>
    admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'notes_app' and datname = current_database()",
    );
  const isUnavailable = (error: unknown) => isAppError(error) && error.code === 'unavailable';
  const cut = database.withOrg(stranger, async (db) => {
    await kill();
    await delay(50);
    await db.note.findMany();
  });
  await assert.rejects(cut, isUnavailable);
  assert.equal(await database.withOrg(stranger, (db) => db.note.count()), 1);
  await kill(); // idle this time
  await delay(50);
  assert.equal((await database.hot.readWithOrg(stranger, noteTitles, [stranger.orgId])).length, 1);
});

test('two transactions that block each other both end well: the loser runs again', async (t) => {
  const { database, stranger } = await fixture(t);
  await database.withOrg(stranger, (db) => db.note.create({ data: { orgId: stranger.orgId, id: 'second', title: 'second' } }));
  let attempts = 0;
  const bothHoldOne = Promise.withResolvers<void>();
  const pinBoth = (first: string, second: string) =>
    database.withOrg(stranger, async (db) => {
      const pin = (id: string) => db.note.updateMany({ where: { orgId: stranger.orgId, id }, data: { pinned: true } });
      await pin(first);
      if (++attempts === 2) bothHoldOne.resolve();
      await bothHoldOne.promise;
      await pin(second);
    });
  await Promise.all([pinBoth('own', 'second'), pinBoth('second', 'own')]);
  assert.equal(attempts, 3);
});

test('a database that is not there is "unavailable"', async () => {
  const options = postgresOptions({
    url: 'postgres://notes_app:x@127.0.0.1:1/none',
    platformUrl: 'postgres://notes_platform:x@127.0.0.1:1/none',
  });
  await assert.rejects(openPostgres<Db>(options), (error) => isAppError(error) && error.code === 'unavailable');
});

async function connect(t: TestContext, url: string, schema: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
  client.on('error', () => undefined);
  await client.connect();
  t.after(() => client.end());
  return client;
}
