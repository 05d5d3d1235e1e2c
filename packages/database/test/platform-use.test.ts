import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqlite } from '../src/index.ts';
import { PrismaClient } from './fixture/generated/sqlite/client.ts';
import { type Db, temporaryFolder } from './fixture/notes.ts';

test('every use of the platform role is counted and logged with its reason, repetitions quietly', async (t) => {
  const lines: string[] = [];
  const counted: string[] = [];
  const write = (level: string) => (fields: object) => void lines.push(`${level} ${(fields as { reason?: string }).reason}`);
  const database = await openSqlite<Db>({
    file: join(await temporaryFolder(t), 'notes.db'),
    prisma: (adapter) => new PrismaClient({ adapter }),
    log: { debug: write('debug'), info: write('info'), warn: write('warn') },
    onPlatformUse: (reason) => counted.push(reason),
  });
  t.after(() => database.close());
  for (const reason of ['relay the outbox', 'expire requests', 'relay the outbox'])
    await database.asPlatform(reason, async () => undefined);
  assert.deepEqual(lines, ['info relay the outbox', 'info expire requests', 'debug relay the outbox']);
  assert.deepEqual(counted, ['relay the outbox', 'expire requests', 'relay the outbox']);
});
