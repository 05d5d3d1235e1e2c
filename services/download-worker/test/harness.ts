import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BlobStore, createBlobStore } from '@sangha/blob-store';
import { type Database, migrate, openPostgres, openSqlite, readMigrations, sqliteTarget } from '@sangha/database';
import { createContextSigner, createContextVerifier, type OrgContext } from '@sangha/identity';
import { openSqliteQueue } from '@sangha/messaging';
import { Downloads, events } from '@sangha/protos';
import { type Client, local } from '@sangha/rpc';
import { createLogger, createMetrics } from '@sangha/telemetry';
import { type FakeHub, startFakeHub } from '@sangha/testkit/fake-hub';
import { testDatabase } from '@sangha/testkit/postgres';
import { PrismaClient as PostgresClient } from '../generated/postgres/client.ts';
import { PrismaClient as SqliteClient } from '../generated/sqlite/client.ts';
import { createDownloadWorker, type Db, type DownloadWorkerConfig, type HubSettings, openHubs } from '../src/app.ts';

export type Engine = 'postgres' | 'sqlite';
export type Download = Awaited<ReturnType<Client<typeof Downloads>['getDownload']>>;
export type FinishedEvent = ReturnType<typeof events.downloadFinished.decode>;

export interface Harness {
  hub: FakeHub;
  downloads: Client<typeof Downloads>;
  database: Database<Db>;
  blobs: BlobStore;
  folder: string;
  /** Events of the bus so far. */
  finished: FinishedEvent[];
  progress: { downloadId: string; downloadedBytes: number }[];
  logged(): string;
  /** Hub settings of an organisation; others have none. */
  settings: Map<string, HubSettings>;
  start(): Promise<void>;
  /** Stops the worker; another one on the same rows and files takes its place. */
  restart(): Promise<void>;
  /** Waits until the download is in one of these states. */
  until(context: OrgContext, id: string, ...statuses: string[]): Promise<Download>;
  metrics(): Promise<string>;
}

export interface HarnessOptions {
  engine?: Engine;
  config?: Partial<DownloadWorkerConfig>;
  /** Hosts of the operator's word besides the hub. Default: the fake CDN. */
  trustedHosts?: (hub: FakeHub) => string[];
  reserveBytes?: number;
  /** Gives the worker `hf` in the test's folder as an existing cache. */
  hubCache?: boolean;
  /** The platform's hub instead of the fake one. */
  endpoint?: string;
}

/** Quick where production is patient. */
export const quick: Partial<DownloadWorkerConfig> = {
  leaseMs: 5000,
  beatMs: 30,
  reconcileMs: 60,
  quietMs: 400,
  watchMs: 20,
  chunkBytes: 128 * 1024,
  retryDelaysMs: [5, 10, 20],
  patience: { waits: 2, defaultWaitMs: 50, longestWaitMs: 60 * 60_000 },
};

export async function openWorker(t: TestContext, options: HarnessOptions = {}): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'sangha-downloads-'));
  const hub = await startFakeHub();
  const database = options.engine === 'postgres' ? await openOnPostgres(t) : await openOnSqlite(join(folder, 'downloads.db'));
  const messaging = openSqliteQueue({ file: join(folder, 'queue.db'), log: createLogger({ service: 'queue', level: 'silent' }) });
  const blobs = createBlobStore({ root: join(folder, 'models'), reserveBytes: options.reserveBytes ?? 0 });
  const lines: string[] = [];
  const log = createLogger({
    service: 'download-worker',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  const registry = createMetrics({ service: 'download-worker' });
  const settings = new Map<string, HubSettings>();
  const trustedHosts = (options.trustedHosts ?? (({ cdnUrl }) => [new URL(cdnUrl).host]))(hub);
  const hubs = openHubs({ endpoint: options.endpoint ?? hub.url, trustedHosts, headersTimeoutMs: 2000, bodyTimeoutMs: 2000 });
  const make = () =>
    createDownloadWorker({
      database,
      messaging,
      blobs,
      hubs,
      hubSettings: async ({ orgId }) => settings.get(orgId) ?? { token: undefined, allowedHubs: [] },
      clock: Date.now,
      log,
      metrics: registry,
      config: { ...quick, ...(options.hubCache ? { hubCacheFolder: join(folder, 'hf') } : {}), ...options.config },
    });
  let worker = make();
  const clientOf = () => local(Downloads, { services: worker.services, ...signing() });
  const finished: FinishedEvent[] = [];
  const progress: Harness['progress'] = [];
  const listeners = [
    messaging.consume({ durable: 'test-finished', subjects: ['downloads.finished'] }, async ({ payload }) => {
      finished.push(events.downloadFinished.decode(payload));
    }),
    messaging.consume({ durable: 'test-progress', subjects: ['downloads.progress'] }, async ({ payload }) => {
      const { downloadId, downloadedBytes } = events.downloadProgress.decode(payload);
      progress.push({ downloadId, downloadedBytes });
    }),
  ];
  t.after(async () => {
    await worker.close();
    for (const listener of listeners) await listener.close();
    await hubs.close();
    await messaging.close();
    await database.close();
    await hub.close();
    await rm(folder, { recursive: true, force: true });
  });

  const harness: Harness = {
    hub,
    downloads: clientOf(),
    database,
    blobs,
    folder,
    finished,
    progress,
    settings,
    logged: () => lines.join(''),
    metrics: () => registry.metrics(),
    start: () => worker.start(),
    async restart() {
      await worker.close();
      worker = make();
      harness.downloads = clientOf();
      await worker.start();
    },
    async until(context, id, ...statuses) {
      for (const deadline = Date.now() + 60_000; ; ) {
        const download = await harness.downloads.getDownload({ id }, { context });
        if (statuses.includes(download.status)) return download;
        if (['completed', 'failed', 'cancelled', 'archived'].includes(download.status))
          throw new Error(
            `The download is ${download.status} (${download.errorCode} ${download.errorMessage}) instead of ${statuses}\n${harness.logged()}`,
          );
        if (Date.now() > deadline) throw new Error(`The download is still ${download.status}\n${harness.logged()}`);
        await sleep(10);
      }
    },
  };
  return harness;
}

/** The wire as in production: a signer for the asking side, a verifier for ours. */
function signing() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const kinds = ['session', 'api_token', 'external_app', 'service', 'platform'] as const;
  return {
    audience: 'download-worker',
    signer: createContextSigner({ issuer: 'auth-gateway', privateKey, keyId: 'test' }),
    verifier: createContextVerifier({
      audience: 'download-worker',
      issuers: [{ issuer: 'auth-gateway', keyId: 'test', publicKey, kinds }],
    }),
  };
}

const migrations = (engine: Engine) => readMigrations(new URL(`../migrations/${engine}/`, import.meta.url));

async function openOnPostgres(t: TestContext): Promise<Database<Db>> {
  const { url, platformUrl } = await testDatabase(t, { schema: 'downloads', migrations: await migrations('postgres') });
  return await openPostgres<Db>({ url, platformUrl, schema: 'downloads', prisma: (adapter) => new PostgresClient({ adapter }) });
}

export async function openOnSqlite(file: string): Promise<Database<Db>> {
  await migrate(sqliteTarget({ file }), await migrations('sqlite'));
  return await openSqlite<Db>({ file, prisma: (adapter) => new SqliteClient({ adapter }) });
}
