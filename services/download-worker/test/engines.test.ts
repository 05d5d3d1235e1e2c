import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orgContext, twoOrganizations } from '@sangha/testkit/contexts';
import { tinyGguf } from '@sangha/testkit/tiny-gguf';
import { type Engine, openWorker } from './harness.ts';

const engines: readonly Engine[] = ['sqlite', 'postgres'];
const repo = 'acme/tiny-GGUF';
const model = tinyGguf({ weights: 'q8_0' });
const ask = { repo, filename: '', revision: '' };

for (const engine of engines) {
  test(`${engine}: a whole download, one active job per file, and a retry that is a new message`, async (t) => {
    const worker = await openWorker(t, { engine });
    const context = orgContext();
    const { sha256 } = worker.hub.put(repo, 'tiny.gguf', model);
    const answers = await Promise.all(Array.from({ length: 4 }, () => worker.downloads.requestDownload(ask, { context })));
    assert.equal(new Set(answers.map(({ id }) => id)).size, 1);
    const id = answers[0]?.id ?? '';
    await worker.downloads.cancelDownload({ id }, { context });
    const other = await worker.downloads.requestDownload(ask, { context });
    await assert.rejects(worker.downloads.retryDownload({ id }, { context }), { code: 'conflict' });
    await worker.downloads.cancelDownload({ id: other.id }, { context });
    assert.equal((await worker.downloads.retryDownload({ id }, { context })).attempt, 2);
    await worker.start();
    const done = await worker.until(context, id, 'completed');
    assert.equal(done.sha256, sha256);
    const { downloads, total } = await worker.downloads.listDownloads({ page: 1, pageSize: 1 }, { context });
    assert.equal(total, 2);
    assert.equal(downloads.length, 1);
  });

  test(`${engine}: a row of another organisation and no row at all answer the same, for every call`, async (t) => {
    const worker = await openWorker(t, { engine });
    const { victim, stranger } = twoOrganizations();
    worker.hub.put(repo, 'tiny.gguf', model);
    const { id } = await worker.downloads.requestDownload(ask, { context: victim });
    const { getDownload, cancelDownload, retryDownload, archiveDownload } = worker.downloads;
    for (const call of [getDownload, cancelDownload, retryDownload, archiveDownload]) {
      const answers = await Promise.all(
        [id, '01JD000000000000000000000A'].map((each) =>
          call({ id: each }, { context: stranger }).then(JSON.stringify, (error: Error) => `${error}`),
        ),
      );
      assert.equal(answers[0], answers[1]);
      assert.match(answers[0] ?? '', /no such download/);
    }
    assert.equal((await worker.downloads.getDownload({ id }, { context: victim })).status, 'queued');
  });

  test(`${engine}: every table is as the generated client believes`, async (t) => {
    const worker = await openWorker(t, { engine });
    await worker.database.withOrg(orgContext(), async (db) => {
      for (const table of [db.downloadRequest, db.downloadLane, db.blob, db.orgBlob])
        assert.equal(await (table as { findFirst(): Promise<unknown> }).findFirst(), null);
    });
  });
}

test('postgres: the wall alone keeps organisations apart, without a WHERE', async (t) => {
  const worker = await openWorker(t, { engine: 'postgres' });
  const { victim, stranger } = twoOrganizations();
  worker.hub.put(repo, 'tiny.gguf', model);
  await worker.start();
  const { id } = await worker.downloads.requestDownload(ask, { context: victim });
  await worker.until(victim, id, 'completed');
  await worker.database.withOrg(stranger, async (db) => {
    for (const table of ['download_requests', 'download_lanes', 'org_blobs'])
      assert.deepEqual(await db.$queryRawUnsafe(`select * from ${table}`), [], table);
    assert.equal(await db.$executeRaw`update download_requests set status = 'failed'`, 0);
    assert.equal(await db.$executeRaw`delete from org_blobs`, 0);
  });
  for (const work of [
    (db: { $executeRaw: (...args: [TemplateStringsArray, ...unknown[]]) => PromiseLike<number> }) =>
      db.$executeRaw`insert into download_lanes (org_id, served_at) values (${victim.orgId}, now())`,
    (db: { $executeRaw: (...args: [TemplateStringsArray, ...unknown[]]) => PromiseLike<number> }) =>
      db.$executeRaw`insert into outbox (org_id, id, subject, message_id, payload) values (${victim.orgId}, 'x', 'downloads.finished', 'x', '')`,
  ])
    await assert.rejects(worker.database.withOrg(stranger, async (db) => await work(db)));
  await worker.database.asPlatform('look whether the platform role sees more than it needs', async (db) => {
    assert.deepEqual(await db.$queryRaw`select * from download_requests`, [], 'jobs at rest are nobody else’s business');
  });
  await assert.rejects(worker.database.asPlatform('look at what organisations hold', (db) => db.orgBlob.findMany()));
});

test('postgres: two workers at once never exceed an organisation’s share', async (t) => {
  const worker = await openWorker(t, { engine: 'postgres' });
  const context = orgContext();
  const { createRepository } = await import('../src/repository.ts');
  const repository = createRepository({ database: worker.database, clock: Date.now, onEvent: () => undefined });
  for (let index = 0; index < 6; index++)
    await repository.request(context, {
      repo,
      filename: `m${index}.gguf`,
      revision: 'main',
      snapshot: 'c0ffee',
      totalBytes: 1,
      sha256: undefined,
    });
  const claims = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      repository.claim(context.orgId, { owner: `w${index}`, leaseMs: 60_000, perOrganization: 2 }),
    ),
  );
  const claimed = claims.filter((job) => job !== undefined && job !== 'given_up');
  assert.equal(claimed.length, 2);
  assert.equal(new Set(claimed.map(({ id }) => id)).size, 2);
});
