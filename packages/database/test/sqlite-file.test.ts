import assert from 'node:assert/strict';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { migrate, openSqlite, sqliteTarget } from '../src/index.ts';
import { networkFileSystemOf } from '../src/sqlite-file.ts';
import { PrismaClient } from './fixture/generated/sqlite/client.ts';
import { type Db, migrationsOf, sqlite, temporaryFolder } from './fixture/notes.ts';

test('network file systems are recognised, local disks are not', () => {
  assert.equal(networkFileSystemOf(0x6969), 'NFS');
  assert.equal(networkFileSystemOf(0xff534d42), 'CIFS');
  assert.equal(networkFileSystemOf(0xff534d42 | 0), 'CIFS', 'a negative number, as a 32-bit statfs gives it');
  assert.equal(networkFileSystemOf(0xef53), undefined, 'ext4');
  assert.equal(networkFileSystemOf(0x01021994), undefined, 'tmpfs');
});

test('the file and its companions belong to this user alone, also when the file was open to others', {
  skip: process.platform === 'win32',
}, async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'notes.db');
  await writeFile(file, '');
  await chmod(file, 0o644);
  await migrate(sqliteTarget({ file }), await migrationsOf('sqlite'));
  const database = await openSqlite<Db>({ file, prisma: (adapter) => new PrismaClient({ adapter }) });
  await database.asPlatform('write something', (db) => db.organization.create({ data: { orgId: 'o', name: 'n' } }));
  const files = await readdir(folder);
  assert.deepEqual(files.sort(), ['notes.db', 'notes.db-shm', 'notes.db-wal']);
  for (const name of files) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);
  await database.close();
  assert.deepEqual(await readdir(folder), ['notes.db'], 'closing folds the write-ahead log into the file');
});

test('a commit is synced before it is acknowledged, and foreign keys hold', async (t) => {
  const database = await sqlite.open(t);
  const pragma = (name: string) =>
    database.asPlatform('read a setting', (db) => db.$queryRawUnsafe<Record<string, unknown>[]>(`pragma ${name}`));
  assert.deepEqual(await pragma('synchronous'), [{ synchronous: 2n }], '2 is FULL');
  assert.deepEqual(await pragma('foreign_keys'), [{ foreign_keys: 1n }]);
  assert.deepEqual(await pragma('journal_mode'), [{ journal_mode: 'wal' }]);
});
