import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@sangha/telemetry';
import type { DownloadWorkerConfig } from './config.ts';
import type { Repository } from './repository.ts';

export interface Reconciler {
  start(): void;
  close(): Promise<void>;
}

/**
 * Looks for work that nobody does and announces it again: messages that were lost with their bus, leases of workers that
 * were killed, waits that are over. So losing every message costs time, not downloads.
 */
export function createReconciler({
  repository,
  config,
  log,
}: {
  repository: Repository;
  config: DownloadWorkerConfig;
  log: Logger;
}): Reconciler {
  const closing = new AbortController();
  let working: Promise<void> | undefined;

  const reconcile = async (): Promise<void> => {
    for (const orgId of await repository.waitingOrganizations()) {
      if (closing.signal.aborted) return;
      if (await repository.announceAgain(orgId, config)) log.info({ orgId }, 'A download was announced again');
    }
  };
  const work = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await reconcile().catch((err: unknown) => log.warn({ err }, 'The search for waiting downloads failed'));
      await sleep(config.reconcileMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  };
  return {
    start: () => {
      working ??= work();
    },
    async close() {
      closing.abort();
      await working;
    },
  };
}
