import type { Consumer, Delivery, Messaging } from '@sangha/messaging';
import type { DownloadWorkerConfig } from './config.ts';
import type { Job } from './domain/job.ts';
import type { Repository } from './repository.ts';
import type { JobRunner } from './run-job.ts';

export interface ConsumeDeps {
  messaging: Messaging;
  repository: Repository;
  runner: JobRunner;
  config: DownloadWorkerConfig;
}

const ackWaitMs = 30_000;
// A worker that is killed while it holds a message uses up one; what counts against a job is counted in its row.
const maxAttempts = 20;

/**
 * A message is an invitation to work, not the work itself: whoever gets one takes the fairest job that the rows offer, and
 * goes on until there is none. So a flood of one organisation's messages does not decide the order.
 */
export function consumeRequests({ messaging, repository, runner, config }: ConsumeDeps): Consumer {
  const { concurrency } = config;
  return messaging.consume(
    { durable: 'download-worker', subjects: ['downloads.requested'], concurrency, ackWaitMs, maxAttempts },
    async (delivery) => {
      const stopSaying = sayWorking(delivery);
      try {
        while (!delivery.signal.aborted) {
          const job = await claimNext(repository, config);
          if (job === undefined) return;
          await runner.run(job, delivery.signal);
        }
      } finally {
        stopSaying();
      }
    },
  );
}

async function claimNext(
  repository: Repository,
  { workerId: owner, leaseMs, perOrganization }: DownloadWorkerConfig,
): Promise<Job | undefined> {
  for (const orgId of await repository.waitingOrganizations()) {
    let job = await repository.claim(orgId, { owner, leaseMs, perOrganization });
    while (job === 'given_up') job = await repository.claim(orgId, { owner, leaseMs, perOrganization });
    if (job !== undefined) return job;
  }
  return undefined;
}

/** Keeps the message ours for as long as a download takes. A failure to say so only means that another worker looks, too. */
function sayWorking(delivery: Delivery): () => void {
  const timer = setInterval(() => void delivery.working().catch(() => undefined), ackWaitMs / 3);
  return () => clearInterval(timer);
}
