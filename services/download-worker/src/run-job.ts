import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobStore } from '@sangha/blob-store';
import { AppError } from '@sangha/errors';
import { preflight } from '@sangha/gguf';
import type { OrgContext } from '@sangha/identity';
import type { Messaging } from '@sangha/messaging';
import type { Logger } from '@sangha/telemetry';
import type { DownloadWorkerConfig } from './config.ts';
import { afterFailure, partIsWorthless } from './domain/after-failure.ts';
import { type HubSettings, hubTarget } from './domain/hub-target.ts';
import type { Job } from './domain/job.ts';
import { fetchFile } from './fetch-file.ts';
import type { Hubs } from './hub/hub.ts';
import { findInHubCache } from './hub-cache.ts';
import { downloadProgress } from './messages.ts';
import type { DownloadMetrics } from './metrics.ts';
import { openPartFile, type PartFile } from './part-file.ts';
import { persistently } from './persistent.ts';
import type { Repository } from './repository.ts';
import { serviceContext } from './service-context.ts';

export interface JobRunnerDeps {
  repository: Repository;
  blobs: BlobStore;
  hubs: Hubs;
  hubSettings: (context: OrgContext) => Promise<HubSettings>;
  messaging: Pick<Messaging, 'publish'>;
  clock: () => number;
  log: Logger;
  metrics: DownloadMetrics;
  config: DownloadWorkerConfig;
}

export interface JobRunner {
  /** Brings a claimed job to rest, or back into the queue. Throws only when even that can't be written down. */
  run(job: Job, signal: AbortSignal): Promise<void>;
  /** Stops the job if it runs in this process; its row was changed before. */
  interrupt(id: string): void;
}

/** The row says that somebody else decides about the job now: it was cancelled, or another worker holds it. */
class LostJob extends Error {}

/** What a run knows of itself; the beat reads it while the rest changes it. */
interface Run {
  job: Job;
  part: PartFile | undefined;
  pin: { etag: string | undefined };
  /** Until then nobody else may take the job, by this machine's clock. */
  heldUntil: number;
  totalBytes: number;
}

export function createJobRunner(deps: JobRunnerDeps): JobRunner {
  const { log, metrics, clock, config } = deps;
  const running = new Map<string, Set<AbortController>>();

  return {
    interrupt: (id) => {
      for (const stop of running.get(id) ?? []) stop.abort(new LostJob());
    },
    async run(job, outer) {
      const stop = new AbortController();
      const signal = AbortSignal.any([outer, stop.signal]);
      const run: Run = {
        job,
        part: undefined,
        pin: { etag: job.etag },
        heldUntil: clock() + config.leaseMs,
        totalBytes: job.totalBytes ?? 0,
      };
      const { orgId, id: downloadId, repo, filename, attempt } = job;
      const jobLog = log.child({ orgId, downloadId, repo, filename, attempt });
      const peers = running.get(job.id) ?? new Set();
      running.set(job.id, peers.add(stop));
      metrics.running(+1);
      const beating = keepBeating(deps, run, signal, (reason) => stop.abort(reason));
      try {
        await download(deps, run, signal);
        jobLog.info('Download completed');
      } catch (thrown) {
        await settle(deps, run, signal.aborted ? signal.reason : thrown, outer.aborted, jobLog);
      } finally {
        stop.abort(new LostJob());
        await beating;
        await run.part?.close().catch(() => undefined);
        peers.delete(stop);
        if (peers.size === 0) running.delete(job.id);
        metrics.running(-1);
      }
    },
  };
}

async function download(deps: JobRunnerDeps, run: Run, signal: AbortSignal): Promise<void> {
  const { repository, blobs, hubs, hubSettings, metrics, config } = deps;
  const { job } = run;
  const target = hubTarget(job.repo, hubs.endpoint, await hubSettings(serviceContext(job.orgId)));
  const hub = hubs.open(target);
  const file = { repo: target.repo, commit: job.snapshot, name: job.filename };
  // Before a copy that is here already may be used: that somebody else has it proves nothing about this asker. And only the
  // platform's hub is believed: one that an organisation named could claim the hash of somebody else's private model.
  await persistently(() => hub.reach(file, signal), config.retryDelaysMs, signal);
  const here = target.endpoint === hubs.endpoint ? await findHere(deps, job, target.repo, signal) : undefined;
  if (here !== undefined) {
    await complete(repository, job, here);
    await blobs.removePart(job.id);
    return metrics.ended('linked');
  }
  await blobs.ensureSpace(Math.max(0, (job.totalBytes ?? 0) - job.downloadedBytes));
  const part = await openPartFile(await blobs.partPath(job.id), job.downloadedBytes, signal);
  run.part = part;
  const { chunkBytes, retryDelaysMs } = config;
  const onBytes = (byteCount: number): void => {
    // A worker that was stopped for longer than its lease must not write beside its successor.
    if (deps.clock() > run.heldUntil) throw new LostJob();
    metrics.received(byteCount);
  };
  run.totalBytes = await fetchFile({
    hub,
    file,
    part,
    totalBytes: job.totalBytes,
    pin: run.pin,
    chunkBytes,
    retryDelaysMs,
    signal,
    onBytes,
  });
  const sha256 = part.digest();
  if (job.sha256 !== undefined && sha256 !== job.sha256)
    throw new AppError(
      'hash_mismatch',
      'The downloaded file is not the one that the hub lists: its SHA-256 differs. Retry later; if it stays, choose another repository.',
    );
  await preflight(part.path);
  signal.throwIfAborted();
  await complete(repository, job, await blobs.adopt(part.path, sha256).then(({ sizeBytes }) => ({ sha256, sizeBytes })));
  metrics.ended('completed');
}

/** The very file, where this machine has it: in the store, or in an existing cache of the hub. */
async function findHere(
  { blobs, config }: JobRunnerDeps,
  { sha256, totalBytes: sizeBytes }: Job,
  repo: string,
  signal: AbortSignal,
): Promise<{ sha256: string; sizeBytes: number } | undefined> {
  if (sha256 === undefined) return undefined;
  if (await blobs.has(sha256)) return { sha256, sizeBytes: (await blobs.locate(sha256)).sizeBytes };
  const cached =
    config.hubCacheFolder === undefined ? undefined : await findInHubCache(config.hubCacheFolder, { repo, sha256, sizeBytes });
  if (cached === undefined || (await blobs.hashOf(cached, { signal })) !== sha256) return undefined;
  await preflight(cached);
  return { sha256, sizeBytes: (await blobs.link(cached, sha256)).sizeBytes };
}

async function complete(repository: Repository, job: Job, blob: { sha256: string; sizeBytes: number }): Promise<void> {
  if (!(await repository.complete(job, blob))) throw new LostJob();
}

/** Writes down what became of a run that did not complete. */
async function settle(deps: JobRunnerDeps, run: Run, reason: unknown, closing: boolean, log: Logger): Promise<void> {
  const { repository, blobs, metrics, config } = deps;
  const { job } = run;
  if (reason instanceof LostJob) return await giveUp(deps, run, log);
  if (closing) {
    await keepBytes(deps, run);
    await repository.requeue(job);
    return metrics.ended('requeued');
  }
  const next = afterFailure(reason, job, config.patience);
  const { error } = next;
  const dropPart = partIsWorthless(error.code);
  if (dropPart) await blobs.removePart(job.id);
  else await keepBytes(deps, run);
  if (next.kind === 'requeue') {
    log.warn({ err: error, waitMs: next.waitMs }, 'Download goes back into the queue');
    await repository.requeue(job, next);
    return metrics.ended('requeued');
  }
  log.warn({ err: error }, 'Download failed');
  await repository.fail(job, error, { dropPart });
  metrics.ended('failed');
}

/** So that the next attempt begins where this one ended. A disk that refuses them costs only what came since the last beat. */
async function keepBytes({ repository, config }: JobRunnerDeps, { job, part, pin }: Run): Promise<void> {
  if (part === undefined) return;
  await part.flush().catch(() => undefined);
  await repository.beat(job, { downloadedBytes: part.durableBytes, etag: pin.etag, leaseMs: config.leaseMs });
}

/** Another worker's part stays; the part of a job that was called off goes. */
async function giveUp({ repository, metrics }: JobRunnerDeps, { job, part }: Run, log: Logger): Promise<void> {
  const { status } = await repository.get(serviceContext(job.orgId), job.id);
  log.info({ status }, 'Download is not ours any more');
  if (status === 'cancelled' || status === 'archived') await part?.removeOwn();
  metrics.ended('lost');
}

/**
 * Twice a second at most: bytes to the disk, how many to the row, the lease renewed, the bus told. Calls `onLost` when the
 * row belongs to somebody else, and when the lease ran out because the row could not be reached.
 */
async function keepBeating(deps: JobRunnerDeps, run: Run, signal: AbortSignal, onLost: (reason: unknown) => void): Promise<void> {
  const { repository, messaging, clock, log, config } = deps;
  const { job } = run;
  let told = job.downloadedBytes;
  const beat = async (): Promise<void> => {
    await run.part?.flush();
    const askedAt = clock();
    const downloadedBytes = run.part?.durableBytes ?? job.downloadedBytes;
    if (!(await repository.beat(job, { downloadedBytes, etag: run.pin.etag, leaseMs: config.leaseMs }))) throw new LostJob();
    run.heldUntil = askedAt + config.leaseMs;
    if (downloadedBytes === told) return;
    told = downloadedBytes;
    const { orgId, id, fence } = job;
    await messaging
      .publish(downloadProgress({ orgId, id, fence, downloadedBytes, totalBytes: run.totalBytes }))
      .catch((err: unknown) => log.warn({ err, downloadId: id }, 'Progress was not told'));
  };
  while (!signal.aborted) {
    await sleep(config.beatMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await beat();
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof LostJob || (error instanceof AppError && error.code === 'disk_full')) return onLost(error);
      log.warn({ err: error, downloadId: job.id }, 'The lease of a download was not renewed');
      if (clock() > run.heldUntil) return onLost(new LostJob());
    }
  }
}
