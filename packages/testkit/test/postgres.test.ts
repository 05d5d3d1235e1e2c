import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { testDatabase } from '@sangha/testkit/postgres';
import { startPostgresServer } from '@sangha/testkit/postgres-server';
import pg from 'pg';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const migrations = [
  { id: '0001-a', sum: 'x', sql: 'create table a (id int); insert into a values (1); grant select, insert on a to kit_app' },
];

suite('a database per test', () => {
  const seen: string[] = [];
  for (const name of ['one', 'another'])
    test(`${name} test writes into its own`, async (t) => {
      const { url } = await testDatabase(t, { schema: 'kit', migrations });
      seen.push(url);
      await query(url, 'insert into kit.a values (2)');
      assert.equal((await query(url, 'select * from kit.a')).length, 2);
    });
  test('is gone after its test', async (t) => {
    const { adminUrl } = await testDatabase(t);
    for (const url of seen) await assert.rejects(query(url, 'select 1'), /does not exist/);
    assert.equal((await query(adminUrl, "select from pg_database where datname like 'sangha_test_%'")).length >= 1, true);
  });
});

test('PostgreSQL from npm serves where none is installed, and leaves nothing behind', async () => {
  const server = await startPostgresServer({ folders: [] });
  const [row] = await query(server.adminUrl, "select current_setting('data_directory') as folder, version()");
  assert.match(String(row?.version), /^PostgreSQL \d+/);
  await server.stop();
  assert.equal(existsSync(String(row?.folder)), false);
  await assert.rejects(query(server.adminUrl, 'select 1'));
});

test('a server goes with the test process, even when that is killed', { skip: process.platform === 'win32' }, async () => {
  const script = `
    import { startPostgresServer } from '@sangha/testkit/postgres-server';
    console.log((await startPostgresServer()).adminUrl);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  const [row] = await query(url, "select current_setting('data_directory') as folder");
  child.kill('SIGKILL');
  await once(child, 'exit');
  for (let wait = 0; existsSync(String(row?.folder)) && wait < 400; wait++) await delay(25);
  assert.equal(existsSync(String(row?.folder)), false);
  await assert.rejects(query(url, 'select 1'));
});
