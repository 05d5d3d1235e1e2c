import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { testDatabase } from '@sangha/testkit/postgres';
import pg from 'pg';
import { openPostgres } from '../src/index.ts';
import { type Db, migrationsOf, postgresOptions } from './fixture/notes.ts';

// One way around the wall each (the ways through roles' attributes are in wall.test.ts): the service refuses to start and says which.

const orgTable = (name: string, keys: string) => `create table notes.${name} (org_id text, id text, ${keys});
  alter table notes.${name} enable row level security; alter table notes.${name} force row level security;
  create policy org on notes.${name} to notes_app using (org_id = current_setting('app.org_id', true))`;

const refusals: [sql: string, problem: RegExp][] = [
  ['alter table notes.note owner to notes_app', /the role notes_app owns note$/m],
  ['alter table notes.note owner to notes_platform', /the role notes_platform owns note$/m],
  ['grant create on schema notes to notes_app', /the role notes_app may create things in the schema notes$/m],
  ['alter schema notes owner to notes_app', /the role notes_app owns the schema notes$/m],
  [
    'create schema other; grant usage on schema other to notes_app',
    /the role notes_app can use the schema other, which is not its own$/m,
  ],
  ['grant truncate on notes.note to notes_app', /the role notes_app may TRUNCATE note, which ignores policies$/m],
  ['grant all on notes.token to notes_platform', /the role notes_platform may TRUNCATE token, which ignores policies$/m],
  ['create table notes.bare (org_id text, id text)', /the table bare has org_id but row-level security is not enabled$/m],
  [
    'create policy open on notes.note for select to notes_app using (true)',
    /the policy open of note lets notes_app in without comparing app.org_id$/m,
  ],
  ['create policy plant on notes.note for insert to public with check (true)', /the policy plant of note lets notes_app in/],
  [orgTable('global', 'primary key (id)'), /the unique key global_pkey of global does not start with org_id$/m],
  [orgTable('second', 'primary key (org_id, id), unique (id, org_id)'), /the unique key second_id_org_id_key of second/],
  [
    `${orgTable('third', 'primary key (org_id, id)')}; create unique index lower_id on notes.third (lower(id))`,
    /the unique key lower_id of third/,
  ],
  [
    orgTable('child', 'primary key (org_id, id), hash text references notes.token (token_hash)'),
    /the foreign key child_hash_fkey of child/,
  ],
  [
    'create view notes.peek as select * from notes.note; grant select on notes.peek to notes_app',
    /the view peek runs as its owner/,
  ],
  [
    'create materialized view notes.copy as select * from notes.note; grant select on notes.copy to notes_app',
    /the materialized view copy is readable/,
  ],
  [
    `create function notes.loose() returns bigint language sql security definer as 'select 1::bigint'`,
    /function loose does not pin its search_path$/m,
  ],
  [
    `create function notes.strong() returns bigint language sql security definer set search_path = notes as 'select 1::bigint'`,
    /function strong belongs to postgres, for whom no policy runs$/m,
  ],
];

// On one database, which keeps getting worse: each problem must be absent before its cause and named after it.
test('a service refuses to start', async (t) => {
  const { urls, admin } = await fixture(t);
  await (await open(urls)).close();
  const refusal = () =>
    open(urls).then(
      (database) => database.close().then(() => ''),
      (error: Error) => error.message,
    );
  let before = '';
  for (const [sql, problem] of refusals)
    await t.test(`after: ${sql.replaceAll(/\s+/g, ' ').slice(0, 110)}`, async () => {
      assert.doesNotMatch(before, problem);
      await admin.query(sql);
      before = await refusal();
      assert.match(before, problem);
    });
});

test('membership in a stronger role is refused', async (t) => {
  const { urls, admin } = await fixture(t);
  await admin.query(
    'create role member_app login password $$x$$; grant notes_platform to member_app; grant usage on schema notes to member_app',
  );
  try {
    const url = new URL(urls.url);
    url.username = 'member_app';
    url.password = 'x';
    await assert.rejects(open({ ...urls, url: url.href }), /the role member_app is a member of notes_platform$/m);
  } finally {
    await admin.query('drop owned by member_app; drop role member_app');
  }
});

test('a superuser, the owner, or one role for both tasks is refused', async (t) => {
  const { urls } = await fixture(t);
  await assert.rejects(open({ ...urls, url: urls.adminUrl }), /is a superuser, for whom no policy runs/);
  await assert.rejects(open({ ...urls, url: urls.ownerUrl }), /the role notes_owner owns the schema notes\n(.*\n)*.*owns note/);
  await assert.rejects(open({ ...urls, platformUrl: urls.url }), /withOrg and asPlatform use the same role notes_app/);
});

test('all problems are listed at once', async (t) => {
  const { urls, admin } = await fixture(t);
  await admin.query(
    'grant truncate on notes.note to notes_app; alter table notes.token no force row level security; create schema other; grant usage on schema other to notes_platform',
  );
  await assert.rejects(open(urls), (error: Error) => {
    assert.equal(error.message.split('\n  - ').length - 1, 3, error.message);
    return true;
  });
});

test('a unique key without org_id is refused until it is named on purpose', async (t) => {
  const { urls } = await fixture(t);
  await assert.rejects(
    openPostgres<Db>({ ...postgresOptions(urls), keysWithoutOrg: [] }),
    /the unique key token_token_hash_key of token does not start with org_id/,
  );
  await (await open(urls)).close();
});

test('views that run as their reader and pinned functions are welcome', async (t) => {
  const { urls, admin } = await fixture(t);
  await admin.query(
    'create view notes.mine with (security_invoker = true) as select * from notes.note; grant select on notes.mine to notes_app',
  );
  await (await open(urls)).close();
});

test('a schema that is not there, and a session outside UTC, are refused', async (t) => {
  const { urls } = await fixture(t);
  await assert.rejects(openPostgres<Db>({ ...postgresOptions(urls), schema: 'missing' }), /the schema missing does not exist/);
  await assert.rejects(
    open({ ...urls, url: `${urls.url}?options=-c%20timezone%3DAsia/Tokyo` }),
    /the session time zone is Asia\/Tokyo, not UTC/,
  );
});

const open = (urls: { url: string; platformUrl: string }) => openPostgres<Db>(postgresOptions(urls));

async function fixture(t: TestContext) {
  const urls = await testDatabase(t, { schema: 'notes', migrations: await migrationsOf('postgres') });
  const admin = new pg.Client({ connectionString: urls.adminUrl });
  admin.on('error', () => undefined);
  await admin.connect();
  t.after(() => admin.end());
  return { urls, admin };
}
