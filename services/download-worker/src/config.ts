import { randomUUID } from 'node:crypto';
import type { Patience } from './domain/after-failure.ts';

export interface DownloadWorkerConfig {
  /**
   * Name of this process among all that ever work here; jobs that it held before a restart are continued at once. Unset: a
   * new one each time, and such jobs wait until their lease ends.
   */
  workerId: string;
  /** Downloads at once in this process. */
  concurrency: number;
  /** Downloads at once of one organisation, over all processes. */
  perOrganization: number;
  /** A worker that says nothing for this long has lost its job. */
  leaseMs: number;
  /** Pause between two writes of progress and lease; also how soon a cancellation is noticed in another process. */
  beatMs: number;
  /** Pause between two searches for work that nobody does. */
  reconcileMs: number;
  /** A waiting job without a sign of life for this long is announced again. */
  quietMs: number;
  /** Pause between two looks at a watched job. */
  watchMs: number;
  /** Bytes of one request to the hub. */
  chunkBytes: number;
  /** Pauses after failures in a row without a byte gained; after the last one the job waits in the queue. */
  retryDelaysMs: readonly number[];
  /** With hubs that are away or limit their rate; the job waits in the queue meanwhile. */
  patience: Patience;
  /** `HF_HOME`: files that an existing Hugging Face cache has are linked instead of fetched. */
  hubCacheFolder: string | undefined;
}

export const readConfig = (differences: Partial<DownloadWorkerConfig> = {}): Readonly<DownloadWorkerConfig> =>
  Object.freeze({
    workerId: randomUUID(),
    concurrency: 4,
    perOrganization: 2,
    leaseMs: 30_000,
    beatMs: 500,
    reconcileMs: 5000,
    quietMs: 60_000,
    watchMs: 500,
    chunkBytes: 64 * 1024 * 1024,
    retryDelaysMs: [500, 2000, 5000, 15_000, 30_000],
    patience: { waits: 5, defaultWaitMs: 60_000, longestWaitMs: 60 * 60_000 },
    hubCacheFolder: undefined,
    ...differences,
  });
