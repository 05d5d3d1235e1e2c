import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { noGrants } from '@sangha/identity';
import { orgContext, twoOrganizations } from '@sangha/testkit/contexts';
import { startFakeHub } from '@sangha/testkit/fake-hub';
import { tinyGguf } from '@sangha/testkit/tiny-gguf';
import { type Harness, openWorker } from './harness.ts';

const repo = 'acme/tiny-GGUF';
const filename = 'tiny-Q8_0.gguf';
const model = tinyGguf({ weights: 'q8_0' });
const ask = { repo, filename: 'Q8_0', revision: '' };

async function partsOf({ folder }: Harness): Promise<string[]> {
  return await readdir(join(folder, 'models', 'parts')).catch(() => []);
}

test('a model is downloaded, verified, stored under its hash and announced once', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  const { sha256, sizeBytes } = worker.hub.put(repo, filename, model);
  await worker.start();
  const asked = await worker.downloads.requestDownload(ask, { context });
  assert.equal(asked.status, 'queued');
  assert.equal(asked.filename, filename);
  const done = await worker.until(context, asked.id, 'completed');
  assert.equal(done.sha256, sha256);
  assert.equal(done.downloadedBytes, sizeBytes);
  assert.equal(done.totalBytes, sizeBytes);
  assert.equal(done.snapshot, worker.hub.commitOf(repo));
  assert.deepEqual(await readFile((await worker.blobs.locate(sha256)).path), model);
  assert.deepEqual(await partsOf(worker), []);
  while (worker.finished.length === 0) await sleep(10);
  await sleep(100);
  assert.equal(worker.finished.length, 1);
  assert.deepEqual(worker.finished[0], {
    orgId: context.orgId,
    userId: context.userId,
    downloadId: asked.id,
    source: 'hub',
    repo,
    filename,
    snapshot: done.snapshot,
    sha256,
    sizeBytes,
  });
  const metrics = await worker.metrics();
  assert.match(metrics, /sangha_downloads_ended_total\{ending="completed",service="download-worker"\} 1/);
  assert.match(metrics, new RegExp(`sangha_downloaded_bytes_total\\{service="download-worker"\\} ${sizeBytes}`));
});

test('asking twice for the same file is one download', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  worker.hub.put(repo, filename, model);
  const answers = await Promise.all(Array.from({ length: 5 }, () => worker.downloads.requestDownload(ask, { context })));
  assert.equal(new Set(answers.map(({ id }) => id)).size, 1);
  const byName = await worker.downloads.requestDownload({ ...ask, filename }, { context });
  assert.equal(byName.id, answers[0]?.id);
  const { total } = await worker.downloads.listDownloads({}, { context });
  assert.equal(total, 1);
});

test('a file that several choices fit is not guessed, and the choices are named', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  worker.hub.put(repo, filename, model);
  worker.hub.put(repo, 'tiny-Q4_K_M.gguf', model);
  await assert.rejects(worker.downloads.requestDownload({ ...ask, filename: '' }, { context }), {
    code: 'file_ambiguous',
    message: /tiny-Q8_0\.gguf, tiny-Q4_K_M\.gguf/,
  });
  await assert.rejects(worker.downloads.requestDownload({ ...ask, filename: 'Q2_K' }, { context }), {
    code: 'hub_not_found',
    message: /tiny-Q4_K_M/,
  });
  assert.equal((await worker.downloads.listDownloads({}, { context })).total, 0);
});

test('progress is told while it grows, never more than is on the disk', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  const { sizeBytes } = worker.hub.put(repo, filename, model);
  worker.hub.fault(repo, filename, { kind: 'slow', pieceBytes: 8 * 1024, pauseMs: 60 });
  await worker.start();
  const { id } = await worker.downloads.requestDownload(ask, { context });
  const seen: number[] = [];
  for await (const { downloadedBytes, status } of worker.downloads.watchDownload({ id }, { context })) {
    seen.push(downloadedBytes);
    if (status === 'running' && downloadedBytes > 0) {
      const part = await readFile(join(worker.folder, 'models', 'parts', `${id}.part`)).catch(() => undefined);
      if (part !== undefined) assert.ok(part.length >= downloadedBytes);
    }
  }
  assert.ok(seen.length >= 3, `${seen}`);
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  assert.equal(seen.at(-1), sizeBytes);
  while (!worker.progress.some(({ downloadedBytes }) => downloadedBytes > 0 && downloadedBytes < sizeBytes)) await sleep(10);
});

test('cancelling stops the bytes, frees the part, and a retry begins anew', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  const { sha256 } = worker.hub.put(repo, filename, model);
  worker.hub.fault(repo, filename, { kind: 'slow', pieceBytes: 4096, pauseMs: 30 });
  await worker.start();
  const { id } = await worker.downloads.requestDownload(ask, { context });
  while ((await worker.until(context, id, 'queued', 'running')).downloadedBytes === 0) await sleep(10);
  assert.equal((await worker.downloads.cancelDownload({ id }, { context })).status, 'cancelled');
  await sleep(200);
  assert.deepEqual(await partsOf(worker), []);
  const cancelled = await worker.downloads.getDownload({ id }, { context });
  assert.equal(cancelled.status, 'cancelled');
  assert.equal(cancelled.downloadedBytes, 0);
  await assert.rejects(worker.downloads.cancelDownload({ id }, { context }), { code: 'wrong_state' });
  worker.hub.clearFaults();
  const retried = await worker.downloads.retryDownload({ id }, { context });
  assert.equal(retried.attempt, cancelled.attempt + 1);
  assert.equal((await worker.until(context, id, 'completed')).sha256, sha256);
});

test('parts that a kill left of downloads that need them no more go at a later start, others stay', async (t) => {
  const worker = await openWorker(t, { config: { patience: { waits: 0, defaultWaitMs: 10, longestWaitMs: 10 } } });
  const context = orgContext();
  worker.hub.put(repo, filename, model);
  await worker.start();
  const rest = async (revision: string) => {
    const { id } = await worker.downloads.requestDownload({ ...ask, revision }, { context });
    await worker.until(context, id, 'completed');
    await writeFile(await worker.blobs.partPath(id), 'left behind');
    return id;
  };
  const alter = (id: string, data: { status?: string; updatedAt?: Date }) =>
    worker.database.withOrg(context, (db) => db.downloadRequest.updateMany({ where: { orgId: context.orgId, id }, data }));
  const old = new Date(Date.now() - 2 * 60 * 60_000);
  const ids: Record<string, string> = {};
  for (const status of ['completed', 'cancelled', 'archived', 'failed']) {
    const id = await rest('main');
    await alter(id, { status, updatedAt: old });
    ids[status] = id;
  }
  const fresh = await rest('main');
  await worker.restart();
  assert.deepEqual((await partsOf(worker)).sort(), [`${fresh}.part`, `${ids.failed}.part`].sort());
});

test('a cancellation in another process is noticed by the beat', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  worker.hub.put(repo, filename, model);
  worker.hub.fault(repo, filename, { kind: 'slow', pieceBytes: 4096, pauseMs: 30 });
  await worker.start();
  const { id } = await worker.downloads.requestDownload(ask, { context });
  while ((await worker.until(context, id, 'queued', 'running')).downloadedBytes === 0) await sleep(10);
  await worker.database.withOrg(context, (db) =>
    db.downloadRequest.updateMany({
      where: { orgId: context.orgId, id },
      data: { status: 'cancelled', fence: { increment: 1 } },
    }),
  );
  while ((await partsOf(worker)).length > 0) await sleep(10);
  assert.match(worker.logged(), /Download is not ours any more/);
});

test('states answer 409 where a step makes no sense, and an archived download is out of the list', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  worker.hub.put(repo, filename, model);
  const { id } = await worker.downloads.requestDownload(ask, { context });
  await assert.rejects(worker.downloads.retryDownload({ id }, { context }), { code: 'wrong_state' });
  await assert.rejects(worker.downloads.archiveDownload({ id }, { context }), { code: 'wrong_state' });
  await worker.start();
  await worker.until(context, id, 'completed');
  await assert.rejects(worker.downloads.retryDownload({ id }, { context }), { code: 'wrong_state' });
  await assert.rejects(worker.downloads.cancelDownload({ id }, { context }), { code: 'wrong_state' });
  assert.equal((await worker.downloads.archiveDownload({ id }, { context })).status, 'archived');
  assert.equal((await worker.downloads.listDownloads({}, { context })).total, 0);
  await assert.rejects(worker.downloads.archiveDownload({ id }, { context }), { code: 'wrong_state' });
});

test('a retry while the same file is downloading again is a conflict, not a second job', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  worker.hub.put(repo, filename, model);
  const first = await worker.downloads.requestDownload(ask, { context });
  await worker.downloads.cancelDownload({ id: first.id }, { context });
  const second = await worker.downloads.requestDownload(ask, { context });
  assert.notEqual(second.id, first.id);
  await assert.rejects(worker.downloads.retryDownload({ id: first.id }, { context }), { code: 'conflict' });
});

test('an organisation sees, steers and downloads nothing of another', async (t) => {
  const worker = await openWorker(t);
  const { victim, stranger } = twoOrganizations();
  worker.hub.put(repo, filename, model);
  const { id } = await worker.downloads.requestDownload(ask, { context: victim });
  const foreign = await worker.downloads.getDownload({ id }, { context: stranger }).catch((error: unknown) => error);
  const none = await worker.downloads
    .getDownload({ id: '01JD000000000000000000000A' }, { context: stranger })
    .catch((error: unknown) => error);
  assert.deepEqual([(foreign as Error).message, (foreign as { code: string }).code], [(none as Error).message, 'not_found']);
  for (const call of [worker.downloads.cancelDownload, worker.downloads.retryDownload, worker.downloads.archiveDownload])
    await assert.rejects(call({ id }, { context: stranger }), { code: 'not_found' });
  await assert.rejects(
    async () => {
      for await (const _ of worker.downloads.watchDownload({ id }, { context: stranger }));
    },
    { code: 'not_found' },
  );
  assert.equal((await worker.downloads.listDownloads({}, { context: stranger })).total, 0);
  assert.equal((await worker.downloads.getDownload({ id }, { context: victim })).status, 'queued');
  const own = await worker.downloads.requestDownload(ask, { context: stranger });
  assert.notEqual(own.id, id, 'the same file is a job of its own in each organisation');
});

test('only a power user brings files in, and only the operator from this machine', async (t) => {
  const worker = await openWorker(t);
  worker.hub.put(repo, filename, model);
  await assert.rejects(worker.downloads.requestDownload(ask, { context: orgContext({ role: 'resource_user' }) }), {
    code: 'insufficient_role',
  });
  await assert.rejects(
    worker.downloads.requestDownload(ask, {
      context: orgContext({
        kind: 'api_token',
        scope: 'scope_token_user',
        tokenId: '01JD000000000000000000000B',
        grants: noGrants,
      }),
    }),
    { code: 'insufficient_scope' },
  );
  await assert.rejects(worker.downloads.requestDownload(ask, { context: { kind: 'platform' } }), { code: 'forbidden' });
  await assert.rejects(
    async () => {
      for await (const _ of worker.downloads.importFile({ path: '/etc/passwd', repo: '' }, { context: orgContext() }));
    },
    { code: 'forbidden' },
  );
});

test('a blob of another organisation is linked without a byte, but only after the asker reached it at the hub', async (t) => {
  const worker = await openWorker(t);
  const { victim, stranger } = twoOrganizations();
  const { sha256 } = worker.hub.put(repo, filename, model);
  worker.hub.gate(repo, ['hf_victim']);
  worker.settings.set(victim.orgId, { token: 'hf_victim', allowedHubs: [] });
  await worker.start();
  const { id } = await worker.downloads.requestDownload(ask, { context: victim });
  await worker.until(victim, id, 'completed');
  const fetched = worker.hub.requests.filter(({ at }) => at === 'cdn').length;

  const refused = await worker.downloads.requestDownload(ask, { context: stranger });
  const failed = await worker.until(stranger, refused.id, 'failed');
  assert.equal(failed.errorCode, 'hub_gated');
  assert.match(failed.errorMessage, /Accept them at .*acme\/tiny-GGUF/);
  assert.equal(await worker.database.withOrg(stranger, (db) => db.orgBlob.count({ where: { orgId: stranger.orgId } })), 0);

  worker.settings.set(stranger.orgId, { token: 'hf_victim', allowedHubs: [] });
  await worker.downloads.retryDownload({ id: refused.id }, { context: stranger });
  assert.equal((await worker.until(stranger, refused.id, 'completed')).sha256, sha256);
  assert.equal(worker.hub.requests.filter(({ at }) => at === 'cdn').length, fetched, 'not fetched a second time');
  assert.equal(
    await worker.database.withOrg(stranger, (db) => db.orgBlob.count({ where: { orgId: stranger.orgId, sha256 } })),
    1,
  );
});

test('a hub of its own does not get an organisation the model of another by naming its hash', async (t) => {
  const liar = await startFakeHub();
  t.after(() => liar.close());
  const worker = await openWorker(t, {
    trustedHosts: ({ cdnUrl }) => [cdnUrl, liar.url, liar.cdnUrl].map((url) => new URL(url).host),
  });
  const { victim, stranger } = twoOrganizations();
  const { sha256, sizeBytes } = worker.hub.put(repo, filename, model);
  await worker.start();
  const { id } = await worker.downloads.requestDownload(ask, { context: victim });
  await worker.until(victim, id, 'completed');
  liar.put('mine/mine', 'x.gguf', Buffer.alloc(sizeBytes));
  liar.fault('mine/mine', 'x.gguf', { kind: 'wrong_hash', claimedSha256: sha256 });
  worker.settings.set(stranger.orgId, { token: undefined, allowedHubs: [liar.url] });
  const claim = await worker.downloads.requestDownload(
    { repo: `${liar.url}/mine/mine`, filename: '', revision: '' },
    { context: stranger },
  );
  assert.equal(claim.sha256, sha256);
  assert.equal((await worker.until(stranger, claim.id, 'failed')).errorCode, 'hash_mismatch');
  assert.equal(await worker.database.withOrg(stranger, (db) => db.orgBlob.count({ where: { orgId: stranger.orgId } })), 0);
});

test('an organisation runs at most its share, and a flood of one does not keep the other waiting', async (t) => {
  const worker = await openWorker(t, { config: { concurrency: 3, perOrganization: 2 } });
  const { victim, stranger } = twoOrganizations();
  for (let index = 0; index < 6; index++) {
    const file = `m${index}-Q8_0.gguf`;
    worker.hub.put(repo, file, tinyGguf({ seed: index + 1, weights: 'q8_0' }));
    worker.hub.fault(repo, file, { kind: 'slow', pieceBytes: 16 * 1024, pauseMs: 20 });
    await worker.downloads.requestDownload({ ...ask, filename: file }, { context: stranger });
  }
  const late = await worker.downloads.requestDownload({ ...ask, filename: 'm0-Q8_0.gguf' }, { context: victim });
  await worker.start();
  let most = 0;
  for (;;) {
    const { downloads } = await worker.downloads.listDownloads({}, { context: stranger });
    most = Math.max(most, downloads.filter(({ status }) => status === 'running').length);
    const own = await worker.downloads.getDownload({ id: late.id }, { context: victim });
    if (own.status === 'completed') {
      const left = downloads.filter(({ status }) => status !== 'completed').length;
      assert.ok(left >= 2, `the late one came after all but ${left}`);
      break;
    }
    await sleep(10);
  }
  assert.equal(most, 2);
});

test('a job whose message was lost is found again', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  const { sha256 } = worker.hub.put(repo, filename, model);
  const long = new Date(Date.now() - 60_000);
  const row = {
    repo,
    filename,
    revision: 'main',
    snapshot: worker.hub.commitOf(repo),
    status: 'queued',
    attempt: 1,
    createdAt: long,
    updatedAt: long,
  };
  const id = '01JD000000000000000000000C';
  await worker.database.withOrg(context, (db) =>
    db.downloadRequest.create({
      data: { ...row, orgId: context.orgId, id, userId: 'user-1', totalBytes: BigInt(model.length), sha256 },
    }),
  );
  await worker.start();
  assert.ok((await worker.until(context, id, 'completed')).attempt > 1);
});

test('a job that stops its workers again and again is given up', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  worker.hub.put(repo, filename, model);
  const { id } = await worker.downloads.requestDownload(ask, { context });
  await worker.database.withOrg(context, (db) =>
    db.downloadRequest.updateMany({
      where: { orgId: context.orgId, id },
      data: { status: 'running', leaseOwner: 'somebody', leaseUntil: new Date(Date.now() - 1), stalls: 4 },
    }),
  );
  await worker.start();
  const failed = await worker.until(context, id, 'failed');
  assert.equal(failed.errorCode, 'unavailable');
  assert.match(failed.errorMessage, /stopped 5 times without getting further/);
  await worker.downloads.retryDownload({ id }, { context });
  await worker.until(context, id, 'completed');
});

test('a worker that lost its lease writes nothing more, and its successor completes', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  const { sha256 } = worker.hub.put(repo, filename, model);
  worker.hub.fault(repo, filename, { kind: 'slow', pieceBytes: 4096, pauseMs: 30 });
  await worker.start();
  const { id } = await worker.downloads.requestDownload(ask, { context });
  while ((await worker.until(context, id, 'queued', 'running')).downloadedBytes === 0) await sleep(10);
  worker.hub.clearFaults();
  // As if another process had found the lease run out and taken the job, and then let it go again.
  await worker.database.withOrg(context, (db) =>
    db.downloadRequest.updateMany({
      where: { orgId: context.orgId, id },
      data: { leaseOwner: 'somebody', leaseUntil: new Date(Date.now() + 300), fence: { increment: 1 } },
    }),
  );
  while (!worker.logged().includes('not ours any more')) await sleep(10);
  const done = await worker.until(context, id, 'completed');
  assert.equal(done.sha256, sha256);
  assert.match(await worker.metrics(), /ending="lost",service="download-worker"\} 1/);
});

test('a rate limit is waited for as long as the hub asks, with the slot free for others', async (t) => {
  const worker = await openWorker(t, { config: { concurrency: 1, perOrganization: 1 } });
  const context = orgContext();
  worker.hub.put(repo, filename, model);
  worker.hub.put(repo, 'other-Q4_0.gguf', tinyGguf({ seed: 2 }));
  worker.hub.fault(repo, filename, { kind: 'status', status: 429, retryAfter: '600', times: 1 });
  await worker.start();
  const limited = await worker.downloads.requestDownload(ask, { context });
  while ((await worker.until(context, limited.id, 'queued', 'running')).errorCode !== 'hub_rate_limited') await sleep(5);
  const other = await worker.downloads.requestDownload({ ...ask, filename: 'Q4_0' }, { context });
  await worker.until(context, other.id, 'completed');
  const waiting = await worker.database.withOrg(context, (db) =>
    db.downloadRequest.findFirstOrThrow({ where: { orgId: context.orgId, id: limited.id } }),
  );
  assert.equal(waiting.status, 'queued');
  assert.ok((waiting.retryAt?.getTime() ?? 0) > Date.now() + 300_000);
  // Ten minutes later.
  await worker.database.withOrg(context, (db) =>
    db.downloadRequest.updateMany({ where: { orgId: context.orgId, id: limited.id }, data: { retryAt: new Date() } }),
  );
  const done = await worker.until(context, limited.id, 'completed');
  assert.equal(done.errorCode, '');
});

test('a folder can play the hub', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sangha-folder-hub-'));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'acme', 'tiny'), { recursive: true });
  await writeFile(join(folder, 'acme', 'tiny', 'tiny-Q8_0.gguf'), model);
  await writeFile(join(folder, 'outside.gguf'), model);
  await symlink('/etc', join(folder, 'acme', 'etc'));
  const worker = await openWorker(t, { endpoint: pathToFileURL(folder).href });
  const context = orgContext();
  await worker.start();
  const { id } = await worker.downloads.requestDownload({ repo: 'acme/tiny', filename: 'Q8_0', revision: '' }, { context });
  assert.equal((await worker.until(context, id, 'completed')).sha256, createHash('sha256').update(model).digest('hex'));
  for (const missing of ['acme/other', 'acme/etc'])
    await assert.rejects(worker.downloads.requestDownload({ repo: missing, filename: '', revision: '' }, { context }), {
      code: 'hub_not_found',
    });
});

test('closing puts a running download back with what it has, and the next worker goes on from there', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext();
  const { sha256, sizeBytes } = worker.hub.put(repo, filename, model);
  worker.hub.fault(repo, filename, { kind: 'slow', pieceBytes: 10_000, pauseMs: 60 });
  await worker.start();
  const { id } = await worker.downloads.requestDownload(ask, { context });
  while ((await worker.until(context, id, 'queued', 'running')).downloadedBytes < 32 * 1024) await sleep(10);
  worker.hub.clearFaults();
  await worker.restart();
  assert.equal((await worker.until(context, id, 'completed')).sha256, sha256);
  const from = worker.hub.requests
    .filter(({ at }) => at === 'cdn')
    .map(({ range }) => Number(/bytes=(\d+)/.exec(range ?? '')?.[1]));
  assert.ok(
    from.some((position) => position > 0 && position < sizeBytes && position % (128 * 1024) !== 0),
    `resumed in the middle: ${from}`,
  );
});

test('a file of this machine is checked, linked and announced, and a second time is instant', async (t) => {
  const worker = await openWorker(t);
  const context = orgContext({ kind: 'platform' });
  const path = join(worker.folder, 'mine.gguf');
  await writeFile(path, model);
  await worker.start();
  const importing = async () => {
    let last: { done: boolean; sha256: string; filename: string; repo: string } | undefined;
    for await (const step of worker.downloads.importFile({ path, repo: '' }, { context })) last = step;
    return last;
  };
  const first = await importing();
  assert.ok(first?.done);
  assert.equal(first.filename, 'mine.gguf');
  assert.equal(first.repo, 'local');
  assert.equal((await worker.blobs.locate(first.sha256)).sizeBytes, model.length);
  assert.equal((await importing())?.sha256, first.sha256);
  while (worker.finished.length < 2) await sleep(10);
  assert.equal(worker.finished[0]?.source, 'local');
  await writeFile(path, tinyGguf({ damage: 'zero_heads' }));
  await assert.rejects(importing(), { code: 'model_unusable' });
  for (const wrong of ['relative.gguf', worker.folder, join(worker.folder, 'missing.gguf')])
    await assert.rejects(
      async () => {
        for await (const _ of worker.downloads.importFile({ path: wrong, repo: '' }, { context }));
      },
      (error: { code: string }) => ['invalid_value', 'not_found'].includes(error.code),
    );
});

test('what an existing Hugging Face cache has is linked, not fetched, after the hub was asked', async (t) => {
  const worker = await openWorker(t, { hubCache: true });
  const context = orgContext();
  const { sha256 } = worker.hub.put(repo, filename, model);
  const cached = join(worker.folder, 'hf', 'hub', 'models--acme--tiny-GGUF', 'blobs');
  await mkdir(cached, { recursive: true });
  await writeFile(join(cached, sha256), model);
  await worker.start();
  const { id } = await worker.downloads.requestDownload(ask, { context });
  await worker.until(context, id, 'completed');
  assert.equal(await readlink(worker.blobs.pathOf(sha256)), join(cached, sha256));
  assert.deepEqual(
    worker.hub.requests.filter(({ path }) => path.includes('/resolve/')).map(({ method }) => method),
    ['HEAD'],
  );
});
