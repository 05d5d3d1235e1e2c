import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { startSangha } from './support/sangha-process.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

test('a start with a damaged database, or one of a newer release, ends with the file and what to do', {
  timeout: 120_000,
}, async (t) => {
  const home = join(temporaryFolder(t), 'home');
  const first = startSangha(t, ['--home', home, 'start', '--port', '0', '--no-sample']);
  await first.prints(/Ctrl-C stops it/);
  assert.equal(await first.stop(), 0);

  const folder = join(home, 'databases');
  const fails = async (file: string, sentence: RegExp) => {
    const node = startSangha(t, ['--home', home, 'start', '--port', '0', '--no-sample']);
    assert.equal(await node.ends(), 1);
    assert.match(node.stderr, sentence);
    assert.ok(node.stderr.startsWith(`sangha: The database file ${file} `) && node.stderr.trimEnd().split('\n').length === 1);
    assert.equal(node.stdout, '');
    assert.ok(!existsSync(join(home, 'node.pid')));
  };
  for (const name of ['messages.db', 'catalog.db']) {
    const file = join(folder, name);
    const whole = readFileSync(file);
    for (const rest of readdirSync(folder)) if (rest.startsWith(`${name}-`)) rmSync(join(folder, rest));
    writeFileSync(file, 'no database, but longer than the header of one '.repeat(20));
    await fails(file, /is damaged \(file is not a database\).*your copy of it/);
    writeFileSync(file, Buffer.concat([whole.subarray(0, 4096), Buffer.alloc(whole.length - 4096, 'Z')]));
    const before = readFileSync(file);
    await fails(file, /is damaged \(database disk image is malformed\).*your copy of it/);
    assert.deepEqual(readFileSync(file), before, 'what may still be rescued is left as it is');
    writeFileSync(file, whole);
  }
  const alter = (name: string, sql: string) => {
    const database = new Database(join(folder, name));
    database.exec(sql);
    database.close();
    return join(folder, name);
  };
  await fails(alter('messages.db', 'pragma user_version = 99'), /is of version 99.*newer release/);
  alter('messages.db', 'pragma user_version = 1');
  await fails(
    alter('registry.db', "insert into migration (id, sum) values ('9999-later', '')"),
    /9999-later, which this release does not know.*newer release/,
  );
});
