import type { BlobStore } from '@sangha/blob-store';
import type { Database } from '@sangha/database';
import type { OrgContext } from '@sangha/identity';
import { type Consumer, createOutboxRelay, type Messaging } from '@sangha/messaging';
import type { Implementation } from '@sangha/rpc';
import type { Logger, Registry } from '@sangha/telemetry';
import { type DownloadWorkerConfig, readConfig } from './config.ts';
import { consumeRequests } from './consume.ts';
import type { Db } from './db.ts';
import type { HubSettings } from './domain/hub-target.ts';
import type { Hubs } from './hub/hub.ts';
import { createDownloadMetrics } from './metrics.ts';
import { createReconciler } from './reconcile.ts';
import { createRepository } from './repository.ts';
import { downloadsRpc } from './rpc.ts';
import { createJobRunner } from './run-job.ts';
import { sweepParts } from './sweep-parts.ts';

export type { DownloadWorkerConfig } from './config.ts';
export type { Db } from './db.ts';
export type { HubSettings } from './domain/hub-target.ts';
export type { Hub, Hubs } from './hub/hub.ts';
export { type HubsOptions, openHubs } from './hub/open-hubs.ts';
export { hubSettingsFrom } from './hub-settings.ts';

export interface DownloadWorkerDeps {
  /** Migrated to this service's newest file; the caller closes it after the service. */
  database: Database<Db>;
  messaging: Messaging;
  blobs: BlobStore;
  /** From `openHubs`; the caller closes it after the service. */
  hubs: Hubs;
  /** What the organisation may use of the hubs; from `hubSettingsFrom`. */
  hubSettings: (context: OrgContext) => Promise<HubSettings>;
  /** Milliseconds since 1970. */
  clock: () => number;
  log: Logger;
  metrics: Registry;
  config?: Partial<DownloadWorkerConfig>;
}

export interface DownloadWorker {
  services: Implementation[];
  /** Begins to work: relays the outbox, takes jobs, looks for forgotten ones. */
  start(): Promise<void>;
  /** Running downloads stop at once and go back into the queue with what they have. */
  close(): Promise<void>;
}

/** Fetches model files: durable, resumable, verified, fair. */
export function createDownloadWorker(deps: DownloadWorkerDeps): DownloadWorker {
  const { database, messaging, blobs, hubs, hubSettings, clock, log } = deps;
  const config = readConfig(deps.config);
  const relay = createOutboxRelay({ database, messaging, log, clock });
  const repository = createRepository({ database, clock, onEvent: relay.wake });
  const metrics = createDownloadMetrics(deps.metrics);
  const runner = createJobRunner({ repository, blobs, hubs, hubSettings, messaging, clock, log, metrics, config });
  const reconciler = createReconciler({ repository, config, log });
  let consumer: Consumer | undefined;

  return {
    services: [downloadsRpc({ repository, runner, blobs, hubs, hubSettings, config })],
    async start() {
      await repository.releaseOf(config.workerId);
      await sweepParts({ repository, blobs, clock, log });
      relay.start();
      consumer ??= consumeRequests({ messaging, repository, runner, config });
      reconciler.start();
    },
    async close() {
      await reconciler.close();
      await consumer?.close();
      await relay.close();
    },
  };
}
