import { type Database, violatedKey } from '@sangha/database';
import { AppError } from '@sangha/errors';
import { newUlid, type OrgContext, type OrgId } from '@sangha/identity';
import { addToOutbox } from '@sangha/messaging';
import { type Page, skipTake } from '@sangha/paging';
import type { Db } from './db.ts';
import type { Requeue } from './domain/after-failure.ts';
import { type Job, maxStalls } from './domain/job.ts';
import { activeStatuses, checkTransition, partlessStatuses, type Transition, transitions } from './domain/status.ts';
import { downloadFinished, downloadRequested } from './messages.ts';
import { serviceContext } from './service-context.ts';

export type DownloadRow = Awaited<ReturnType<Db['downloadRequest']['findFirstOrThrow']>>;

export interface NewDownload {
  repo: string;
  filename: string;
  revision: string;
  snapshot: string;
  totalBytes: number | undefined;
  sha256: string | undefined;
}

export interface HeldBlob {
  repo: string;
  filename: string;
  snapshot: string;
  sha256: string;
  sizeBytes: number;
}

export interface LeaseTerms {
  owner: string;
  leaseMs: number;
  perOrganization: number;
}

/** Rows of downloads. Whatever changes who works on a job also changes its fence; see `Job.fence`. */
export type Repository = ReturnType<typeof createRepository>;

export interface RepositoryDeps {
  database: Database<Db>;
  clock: () => number;
  /** Called after every commit that left an event in the outbox. */
  onEvent: () => void;
}

export function createRepository({ database, clock, onEvent }: RepositoryDeps) {
  const now = (): Date => new Date(clock());
  const activeFile = 'download_requests_org_id_repo_filename_revision_key';
  const alreadyActive = { status: { in: [...activeStatuses] } };

  const find = async (db: Db, orgId: OrgId, id: string): Promise<DownloadRow> => {
    const row = await db.downloadRequest.findFirst({ where: { orgId, id } });
    if (row === null) throw new AppError('not_found', 'There is no such download. Look at the list of downloads for its id.');
    return row;
  };

  /** Writes as the job's holder; false when it is not the holder any more (cancelled, taken over). */
  const asHolder = async (db: Db, { orgId, id, fence }: Job, data: Parameters<Db['downloadRequest']['updateMany']>[0]['data']) =>
    (await db.downloadRequest.updateMany({ where: { orgId, id, fence, status: 'running' }, data: { ...data, updatedAt: now() } }))
      .count === 1;

  /** A scope whose events leave as soon as it is committed. */
  const withEvents = async <T>(context: OrgContext, work: (db: Db) => Promise<T>): Promise<T> => {
    const result = await database.withOrg(context, work);
    onEvent();
    return result;
  };

  const released = { leaseOwner: null, leaseUntil: null };

  return {
    /** The new job and its event in one transaction; or the active job for the same file, if there is one. */
    async request(context: OrgContext, download: NewDownload): Promise<{ row: DownloadRow; created: boolean }> {
      const { orgId, userId } = context;
      const { totalBytes, sha256 = '', repo, filename, revision, snapshot } = download;
      const at = now();
      try {
        return await withEvents(context, async (db) => {
          const row = await db.downloadRequest.create({
            data: {
              orgId,
              id: newUlid(clock),
              userId,
              repo,
              filename,
              revision,
              snapshot,
              status: 'queued',
              totalBytes: totalBytes === undefined ? null : BigInt(totalBytes),
              sha256,
              attempt: 1,
              createdAt: at,
              updatedAt: at,
            },
          });
          await addToOutbox(db, downloadRequested(row));
          return { row, created: true };
        });
      } catch (error) {
        if (violatedKey(error) !== activeFile) throw error;
        const row = await database.withOrg(context, (db) =>
          db.downloadRequest.findFirst({ where: { orgId, repo, filename, revision, ...alreadyActive } }),
        );
        // It came to rest in between: what was asked for may just have been done, so the asker is told to look.
        if (row === null)
          throw new AppError(
            'conflict',
            'The same file was just being downloaded. Look at the list of downloads, then ask again.',
            { cause: error },
          );
        return { row, created: false };
      }
    },

    get: (context: OrgContext, id: string): Promise<DownloadRow> =>
      database.withOrg(context, (db) => find(db, context.orgId, id)),

    /** Newest first; archived ones are out of sight. */
    list: (context: OrgContext, page: Page): Promise<{ rows: DownloadRow[]; total: number }> =>
      database.withOrg(context, async (db) => {
        const where = { orgId: context.orgId, status: { not: 'archived' } };
        const rows = await db.downloadRequest.findMany({
          where,
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
          ...skipTake(page),
        });
        return { rows, total: await db.downloadRequest.count({ where }) };
      }),

    /** What a person asked for, where the state allows it; a worker that holds the job finds its fence outdated. */
    async move(context: OrgContext, id: string, transition: Transition): Promise<DownloadRow> {
      const { orgId } = context;
      try {
        return await withEvents(context, async (db) => {
          const row = await find(db, orgId, id);
          checkTransition(transition, row.status);
          const again = transition === 'retry';
          const { count } = await db.downloadRequest.updateMany({
            where: { orgId, id, status: row.status, fence: row.fence },
            data: {
              status: transitions[transition].to,
              fence: { increment: 1 },
              ...released,
              updatedAt: now(),
              ...(again
                ? {
                    attempt: { increment: 1 },
                    errorCode: '',
                    errorMessage: '',
                    retryAt: null,
                    waits: 0,
                    refetches: 0,
                    stalls: 0,
                  }
                : {}),
              // The part is removed with them (see rpc.ts), so a later retry begins anew.
              ...(transition === 'retry'
                ? {}
                : { downloadedBytes: row.status === 'completed' ? row.downloadedBytes : 0n, etag: '' }),
            },
          });
          if (count === 0)
            throw new AppError('conflict', 'The download changed at the same moment. Look at it again, then repeat.');
          const moved = await find(db, orgId, id);
          if (again) await addToOutbox(db, downloadRequested(moved));
          return moved;
        });
      } catch (error) {
        if (violatedKey(error) !== activeFile) throw error;
        throw new AppError('conflict', 'The same file is being downloaded already. Look at the list of downloads.', {
          cause: error,
        });
      }
    },

    /** Organisations with work that could begin now, the one that was served longest ago first. */
    waitingOrganizations: (): Promise<OrgId[]> =>
      database.asPlatform('find organisations that wait for a download', async (db) => {
        const waiting = await db.downloadRequest.groupBy({ by: ['orgId'], where: claimable(now()), _min: { createdAt: true } });
        const lanes = await db.downloadLane.findMany({ where: { orgId: { in: waiting.map(({ orgId }) => orgId) } } });
        const servedAt = new Map(lanes.map((lane) => [lane.orgId, lane.servedAt.getTime()]));
        const age = ({ orgId, _min }: (typeof waiting)[number]): [number, number] => [
          servedAt.get(orgId) ?? 0,
          _min.createdAt?.getTime() ?? 0,
        ];
        return waiting.sort((a, b) => age(a)[0] - age(b)[0] || age(a)[1] - age(b)[1]).map(({ orgId }) => orgId as OrgId);
      }),

    /** The organisation's oldest job that may begin, now held by `owner`; undefined when none may or its share is in use. */
    claim: (orgId: OrgId, { owner, leaseMs, perOrganization }: LeaseTerms): Promise<Job | 'given_up' | undefined> =>
      database.withOrg(serviceContext(orgId), async (db) => {
        const at = now();
        // Writing the lane first makes two workers choose one after the other, so the count below holds.
        await db.downloadLane.upsert({ where: { orgId }, create: { orgId, servedAt: at }, update: { servedAt: at } });
        const running = await db.downloadRequest.count({ where: { orgId, status: 'running', leaseUntil: { gt: at } } });
        if (running >= perOrganization) return undefined;
        const row = await db.downloadRequest.findFirst({
          where: { orgId, ...claimable(at) },
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        });
        if (row === null) return undefined;
        const lost = row.status === 'running';
        const stalls = lost && row.downloadedBytes <= row.leasedBytes ? row.stalls + 1 : 0;
        const waits = row.downloadedBytes > row.leasedBytes ? 0 : row.waits;
        const held = { orgId, id: row.id, fence: row.fence };
        if (stalls >= maxStalls) {
          const errorMessage = `The download stopped ${maxStalls} times without getting further. Retry it, and tell the operator if it stops again.`;
          await db.downloadRequest.updateMany({
            where: held,
            data: {
              status: 'failed',
              errorCode: 'unavailable',
              errorMessage,
              ...released,
              fence: { increment: 1 },
              updatedAt: at,
            },
          });
          return 'given_up';
        }
        await db.downloadRequest.updateMany({
          where: held,
          data: {
            status: 'running',
            leaseOwner: owner,
            leaseUntil: new Date(at.getTime() + leaseMs),
            fence: { increment: 1 },
            retryAt: null,
            stalls,
            waits,
            leasedBytes: row.downloadedBytes,
            updatedAt: at,
          },
        });
        return jobOf({ ...row, waits, fence: row.fence + 1n });
      }),

    /** Jobs that this worker held when it was killed go back into the queue; no other live worker has its name. */
    async releaseOf(owner: string): Promise<void> {
      const where = { status: 'running', leaseOwner: owner };
      const rows = await database.asPlatform('find what this worker held before it was restarted', (db) =>
        db.downloadRequest.findMany({ where }),
      );
      for (const { orgId, id, fence } of rows)
        await database.withOrg(serviceContext(orgId as OrgId), (db) =>
          db.downloadRequest.updateMany({ where: { ...where, orgId, id, fence }, data: { leaseUntil: now() } }),
        );
    },

    /** Those of these jobs that have needed no part since then. */
    partless: async (ids: readonly string[], since: Date): Promise<string[]> => {
      const where = { id: { in: [...ids] }, status: { in: [...partlessStatuses] }, updatedAt: { lt: since } };
      const rows = await database.asPlatform('find downloads that need no part', (db) =>
        db.downloadRequest.findMany({ where, select: { id: true } }),
      );
      return rows.map(({ id }) => id);
    },

    /** Keeps the lease and says how far the bytes are on the disk. */
    beat: (job: Job, facts: { downloadedBytes: number; etag: string | undefined; leaseMs: number }): Promise<boolean> =>
      database.withOrg(serviceContext(job.orgId), (db) =>
        asHolder(db, job, {
          downloadedBytes: BigInt(facts.downloadedBytes),
          etag: facts.etag ?? '',
          leaseUntil: new Date(clock() + facts.leaseMs),
        }),
      ),

    /** Completed, held by the organisation and told to everybody, in one transaction. */
    complete: (job: Job, blob: { sha256: string; sizeBytes: number }): Promise<boolean> =>
      withEvents(serviceContext(job.orgId), async (db) => {
        const size = BigInt(blob.sizeBytes);
        if (
          !(await asHolder(db, job, {
            status: 'completed',
            ...released,
            sha256: blob.sha256,
            totalBytes: size,
            downloadedBytes: size,
            errorCode: '',
            errorMessage: '',
          }))
        )
          return false;
        const { orgId, repo, filename, snapshot } = job;
        await hold(db, orgId, 'hub', { repo, filename, snapshot, ...blob }, now());
        await addToOutbox(
          db,
          downloadFinished(
            { orgId, userId: job.userId, downloadId: job.id, source: 'hub', repo, filename, snapshot, ...blob },
            `${job.id}.${job.attempt}`,
          ),
        );
        return true;
      }),

    fail: (job: Job, error: AppError, facts: { dropPart: boolean }): Promise<boolean> =>
      database.withOrg(serviceContext(job.orgId), (db) =>
        asHolder(db, job, {
          status: 'failed',
          ...released,
          errorCode: error.code,
          errorMessage: error.message,
          ...(facts.dropPart ? { downloadedBytes: 0n, etag: '' } : {}),
        }),
      ),

    /** Back into the queue, to be taken at once or, after a failure, when its wait is over. */
    requeue: (job: Job, failure?: Requeue): Promise<boolean> =>
      withEvents(serviceContext(job.orgId), async (db) => {
        const { waitMs = 0, because, error } = failure ?? {};
        const requeued = await asHolder(db, job, {
          status: 'queued',
          ...released,
          attempt: { increment: 1 },
          retryAt: waitMs > 0 ? new Date(clock() + waitMs) : null,
          errorCode: error?.code ?? '',
          errorMessage: error?.message ?? '',
          ...(because === 'wait' ? { waits: job.waits + 1 } : {}),
          ...(because === 'refetch' ? { refetches: job.refetches + 1, downloadedBytes: 0n, etag: '' } : {}),
        });
        // One that has to wait is announced by the reconciler when its time has come.
        if (requeued && waitMs === 0) await addToOutbox(db, downloadRequested({ ...job, attempt: job.attempt + 1 }));
        return requeued;
      }),

    /**
     * Announces the organisation's oldest claimable job again if nothing happened to it for `quietMs`: its message may be
     * lost. A new attempt makes a new message id, because the bus swallows known ones.
     */
    announceAgain: (orgId: OrgId, { quietMs, perOrganization }: { quietMs: number; perOrganization: number }): Promise<boolean> =>
      withEvents(serviceContext(orgId), async (db) => {
        const at = now();
        const running = await db.downloadRequest.count({ where: { orgId, status: 'running', leaseUntil: { gt: at } } });
        if (running >= perOrganization) return false;
        const row = await db.downloadRequest.findFirst({
          where: { orgId, ...claimable(at) },
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        });
        if (row === null) return false;
        const { leaseUntil, retryAt, updatedAt } = row;
        const begins = leaseUntil ?? retryAt;
        // Announced at once when its time has come, and from then on after every quiet while.
        const due = begins !== null && updatedAt < begins ? begins : new Date(updatedAt.getTime() + quietMs);
        if (due > at) return false;
        const { count } = await db.downloadRequest.updateMany({
          where: { orgId, id: row.id, attempt: row.attempt, fence: row.fence },
          data: { attempt: { increment: 1 }, updatedAt: at },
        });
        if (count === 1) await addToOutbox(db, downloadRequested({ ...row, orgId, attempt: row.attempt + 1 }));
        return count === 1;
      }),

    /** A file of this machine that the organisation holds from now on. */
    hold: (context: OrgContext, blob: HeldBlob): Promise<void> =>
      withEvents(context, async (db) => {
        const { orgId, userId } = context;
        await hold(db, orgId, 'local', blob, now());
        const downloadId = newUlid(clock);
        await addToOutbox(db, downloadFinished({ orgId, userId, downloadId, source: 'local', ...blob }, downloadId));
      }),
  };
}

const claimable = (at: Date) => ({
  OR: [
    { status: 'queued', OR: [{ retryAt: null }, { retryAt: { lte: at } }] },
    { status: 'running', leaseUntil: { lte: at } },
  ],
});

async function hold(
  db: Db,
  orgId: OrgId,
  source: 'hub' | 'local',
  { repo, filename, snapshot, sha256, sizeBytes }: HeldBlob,
  at: Date,
): Promise<void> {
  const times = { createdAt: at, updatedAt: at };
  await db.blob.upsert({
    where: { sha256 },
    create: { sha256, sizeBytes: BigInt(sizeBytes), ...times },
    update: { updatedAt: at },
  });
  await db.orgBlob.upsert({
    where: { orgId_repo_filename_snapshot: { orgId, repo, filename, snapshot } },
    create: { orgId, repo, filename, snapshot, source, sha256, ...times },
    update: { source, sha256, updatedAt: at },
  });
}

const jobOf = (row: DownloadRow): Job => ({
  orgId: row.orgId as OrgId,
  id: row.id,
  userId: row.userId,
  repo: row.repo,
  filename: row.filename,
  revision: row.revision,
  snapshot: row.snapshot,
  totalBytes: row.totalBytes === null ? undefined : Number(row.totalBytes),
  sha256: row.sha256 || undefined,
  downloadedBytes: Number(row.downloadedBytes),
  etag: row.etag || undefined,
  attempt: row.attempt,
  fence: row.fence,
  waits: row.waits,
  refetches: row.refetches,
});
