import { createHash, randomBytes } from 'node:crypto';
import { after, type TestContext } from 'node:test';
import { createRoles, type Migration, migrate, postgresTarget, type RoleUrls, roleUrls } from '@sangha/database';
import pg from 'pg';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';

export interface TestDatabaseOptions {
  schema: string;
  migrations: readonly Migration[];
}

export interface EmptyTestDatabase {
  /** As a superuser, to this database. */
  adminUrl: string;
}
export type TestDatabase = EmptyTestDatabase & RoleUrls;

// One server per test process (each test file is one), made by the first test that asks; `after` below ends it.
let server: Promise<PostgresServer> | undefined;
const templates = new Map<string, Promise<string>>();
const dropLater = new Set<string>();

after(async () => {
  if (server === undefined) return;
  for (const template of templates.values()) dropLater.add(await template.catch(() => ''));
  await dropFinished();
  await (await server).stop();
});

/**
 * A fresh database for one test, gone afterwards. With a schema and its migrations: roles made and migrations applied once,
 * then copied for every test (some 50 ms). The server is the one of `BODHI_TEST_DATABASE_URL` (a superuser's), or one that is started here.
 */
export async function testDatabase(t: TestContext): Promise<EmptyTestDatabase>;
export async function testDatabase(t: TestContext, options: TestDatabaseOptions): Promise<TestDatabase>;
export async function testDatabase(t: TestContext, options?: TestDatabaseOptions): Promise<EmptyTestDatabase | TestDatabase> {
  server ??= startServer();
  const { adminUrl } = await server;
  await dropFinished();
  const template = options === undefined ? 'template0' : await templateFor(adminUrl, options);
  const name = await createDatabase(adminUrl, template);
  // Dropped by the next test, not here: hooks run in the order they were registered, and this one comes before `database.close()`.
  t.after(() => void dropLater.add(name));
  const url = withDatabase(adminUrl, name);
  return options === undefined ? { adminUrl: url } : { adminUrl: url, ...roleUrls(url, options.schema, passwords) };
}

async function startServer(): Promise<PostgresServer> {
  const url = process.env.BODHI_TEST_DATABASE_URL;
  return url === undefined || url === '' ? await startPostgresServer() : { adminUrl: url, stop: async () => undefined };
}

async function templateFor(adminUrl: string, { schema, migrations }: TestDatabaseOptions): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([schema, migrations.map(({ id, sum }) => [id, sum])]))
    .digest('hex');
  const template = templates.get(key) ?? makeTemplate(adminUrl, { schema, migrations });
  templates.set(key, template);
  return await template;
}

async function makeTemplate(adminUrl: string, { schema, migrations }: TestDatabaseOptions): Promise<string> {
  const name = await createDatabase(adminUrl, 'template0');
  const { ownerUrl } = await createRoles(withDatabase(adminUrl, name), schema, passwords);
  await migrate(postgresTarget({ url: ownerUrl, schema }), migrations);
  return name;
}

// The same everywhere: roles belong to the server, which other test processes may share.
const passwords = { owner: 'owner-for-tests', app: 'app-for-tests', platform: 'platform-for-tests' };

async function createDatabase(adminUrl: string, template: string): Promise<string> {
  const name = `sangha_test_${randomBytes(8).toString('hex')}`;
  await administrate(adminUrl, `create database ${name} template ${template}`);
  return name;
}

async function dropFinished() {
  if (server === undefined) return;
  const { adminUrl } = await server;
  for (const name of dropLater) {
    dropLater.delete(name);
    if (name !== '') await administrate(adminUrl, `drop database if exists ${name} with (force)`);
  }
}

async function administrate(adminUrl: string, sql: string) {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on('error', () => undefined); // the statement reports it
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function withDatabase(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}
