import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import SqliteConnection from 'better-sqlite3';
import { openSqliteQueue } from '../src/index.ts';
import { collect, idsOf, message, messagingContract, until } from './contract.ts';
import { keepLog } from './fixture/log.ts';
import { temporaryFolder } from './fixture/temporary-folder.ts';

messagingContract('sqlite', async (t) => {
  const file = join(temporaryFolder(t), 'messages.db');
  const { logged, log } = keepLog();
  const rests: number[] = [];
  const retryDelayMs = (attempt: number) => {
    rests.push(attempt);
    return attempt;
  };
  return { logged, rests, open: async () => openSqliteQueue({ file, log, retryDelayMs }) };
});

test('every message that was acknowledged survives a kill of its publisher', { timeout: 60_000 }, async (t) => {
  const file = join(temporaryFolder(t), 'messages.db');
  const acknowledged = await linesUntilKilled(t, 'publish-until-killed.ts', file, 300);
  const queue = openSqliteQueue({ file, log: keepLog().log });
  t.after(() => queue.close());
  const inbox = collect(queue);
  await until(() => inbox.deliveries.length >= acknowledged.length);
  const arrived = new Set(idsOf(inbox.deliveries));
  assert.deepEqual(
    acknowledged.filter((id) => !arrived.has(id)),
    [],
  );
});

test('a consumer that is killed in its handler has its message given again at once, and not for ever', {
  timeout: 60_000,
}, async (t) => {
  const file = join(temporaryFolder(t), 'messages.db');
  const { log, logged } = keepLog();
  const sent = message();
  const publisher = openSqliteQueue({ file, log });
  await publisher.publish(sent);
  await publisher.close();
  assert.deepEqual(await linesUntilKilled(t, 'consume-until-killed.ts', file, 1), [`${sent.messageId} 1`]);
  assert.deepEqual(await linesUntilKilled(t, 'consume-until-killed.ts', file, 1), [`${sent.messageId} 2`]);

  const queue = openSqliteQueue({ file, log });
  t.after(() => queue.close());
  queue.consume({ durable: 'd', subjects: ['usage.recorded'], maxAttempts: 2 }, async () =>
    assert.fail('a message that kills its process'),
  );
  await until(async () => (await queue.deadLetters.count()) === 1);
  assert.ok(logged.some((line) => /never ended/.test(line)));
});

test('a kill between the end of a handler and its record costs a second delivery and nothing else', {
  timeout: 60_000,
}, async (t) => {
  const file = join(temporaryFolder(t), 'messages.db');
  const { log } = keepLog();
  const sent = message();
  const publisher = openSqliteQueue({ file, log });
  await publisher.publish(sent);
  await publisher.close();
  assert.deepEqual(await linesUntilKilled(t, 'end-and-be-killed.ts', file, 2), [`${sent.messageId} 1`]);

  const queue = openSqliteQueue({ file, log });
  t.after(() => queue.close());
  const inbox = collect(queue, { durable: 'd' });
  const last = message();
  await queue.publish(last);
  assert.deepEqual(
    (await inbox.got(2)).map(({ messageId, attempt }) => [messageId, attempt]),
    [
      [sent.messageId, 2],
      [last.messageId, 1],
    ],
  );
  assert.equal(await queue.deadLetters.count(), 0);
});

test('only the owner of the process reads the queue', async (t) => {
  const file = join(temporaryFolder(t), 'deep', 'messages.db');
  const queue = openSqliteQueue({ file, log: keepLog().log });
  t.after(() => queue.close());
  await queue.publish(message());
  for (const each of [file, `${file}-wal`, `${file}-shm`]) assert.equal(statSync(each).mode & 0o777, 0o600, each);
});

test('a file of a newer version is refused and left as it is', async (t) => {
  const file = join(temporaryFolder(t), 'messages.db');
  const connection = new SqliteConnection(file);
  connection.pragma('user_version = 99');
  connection.close();
  assert.throws(() => openSqliteQueue({ file, log: keepLog().log }), /version 99/);
});

test('a disk that refuses to store refuses to publish', async (t) => {
  const file = join(temporaryFolder(t), 'messages.db');
  const queue = openSqliteQueue({ file, log: keepLog().log });
  t.after(() => queue.close());
  const connection = new SqliteConnection(file);
  connection.exec("create trigger full before insert on message begin select raise(abort, 'disk full'); end");
  await assert.rejects(queue.publish(message()), /could not be stored/);
  connection.exec('drop trigger full');
  connection.close();
  await queue.publish(message());
});

/** What a program of `fixture/` printed until it was killed after so many lines. */
async function linesUntilKilled(t: TestContext, program: string, file: string, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixture', program), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === count) child.kill('SIGKILL');
  }
  await ended;
  return lines;
}
