import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBlobStore } from '@sangha/blob-store';
import { addToOutbox } from '@sangha/messaging';
import { orgContext } from '@sangha/testkit/contexts';
import { startFakeHub } from '@sangha/testkit/fake-hub';
import { tinyGguf } from '@sangha/testkit/tiny-gguf';
import { downloadRequested } from '../src/messages.ts';
import { openOnSqlite } from './harness.ts';

const repo = 'acme/tiny-GGUF';
const filename = 'tiny.gguf';
const model = tinyGguf({ feedForwardLength: 1024, vocabularySize: 2048 });

test('a worker that is killed again and again while it downloads ends with the same bytes, announced once', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sangha-kill-'));
  const hub = await startFakeHub();
  let child: ChildProcess | undefined;
  t.after(async () => {
    child?.kill('SIGKILL');
    await hub.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { sha256, sizeBytes } = hub.put(repo, filename, model);
  hub.fault(repo, filename, { kind: 'slow', pieceBytes: 16 * 1024, pauseMs: 4 });
  const context = orgContext();
  const id = '01JD000000000000000000000C';
  const rows = async <T>(work: (database: Awaited<ReturnType<typeof openOnSqlite>>) => Promise<T>): Promise<T> => {
    const database = await openOnSqlite(join(folder, 'downloads.db'));
    return await work(database).finally(() => database.close());
  };
  const at = new Date();
  await rows((database) =>
    database.withOrg(context, async (db) => {
      const row = {
        repo,
        filename,
        revision: 'main',
        snapshot: hub.commitOf(repo),
        status: 'queued',
        attempt: 1,
        createdAt: at,
        updatedAt: at,
      };
      await db.downloadRequest.create({
        data: { ...row, orgId: context.orgId, id, userId: 'user-1', totalBytes: BigInt(sizeBytes), sha256 },
      });
      await addToOutbox(db, downloadRequested({ orgId: context.orgId, id, attempt: 1 }));
    }),
  );

  const finished: string[] = [];
  const startWorker = async (): Promise<ChildProcess> => {
    const started = fork(join(import.meta.dirname, 'worker-process.ts'), [folder, hub.url, new URL(hub.cdnUrl).host]);
    started.on('message', (message: { finished?: string }) => {
      if (message.finished !== undefined) finished.push(message.finished);
    });
    await once(started, 'message');
    return started;
  };
  const partBytes = async (): Promise<number> =>
    (await stat(join(folder, 'models', 'parts', `${id}.part`)).catch(() => ({ size: 0 }))).size;

  const kills = 5;
  const durable: number[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    child = await startWorker();
    // Somewhere in the next part of the file, never at the same place in two runs of the test.
    const target = Math.floor(sizeBytes * ((kill - 1 + Math.random()) / (kills + 1)));
    while ((await partBytes()) <= target) await sleep(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { downloadedBytes } = await rows((database) =>
      database.withOrg(context, (db) => db.downloadRequest.findFirstOrThrow({ where: { orgId: context.orgId, id } })),
    );
    assert.ok(Number(downloadedBytes) <= (await partBytes()), 'never claims more than the disk has');
    durable.push(Number(downloadedBytes));
  }
  const beforeLast = hub.requests.length;
  child = await startWorker();
  while (finished.length === 0) await sleep(10);
  await sleep(200);

  assert.deepEqual(
    durable,
    durable.toSorted((a, b) => a - b),
    'what was on the disk is never lost',
  );
  const firstRange = hub.requests.slice(beforeLast).find(({ at }) => at === 'cdn')?.range;
  assert.equal(firstRange?.split('-')[0], `bytes=${durable.at(-1)}`, 'goes on from the last durable byte');
  assert.ok((durable.at(-1) ?? 0) > 0);
  const { path } = await createBlobStore({ root: join(folder, 'models') }).locate(sha256);
  assert.equal(
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
    sha256,
  );
  assert.equal(new Set(finished).size, 1, `${finished}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await rows((database) =>
    database.withOrg(context, async (db) => {
      const jobs = await db.downloadRequest.findMany({ where: { orgId: context.orgId } });
      assert.deepEqual(
        jobs.map(({ status, downloadedBytes }) => [status, Number(downloadedBytes)]),
        [['completed', sizeBytes]],
      );
      assert.equal(await db.orgBlob.count({ where: { orgId: context.orgId, sha256 } }), 1);
    }),
  );
  assert.equal(await partBytes(), 0);
});
