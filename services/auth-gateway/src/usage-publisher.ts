import type { OrgContext } from '@sangha/identity';
import type { Messaging } from '@sangha/messaging';
import { events } from '@sangha/protos';
import { counter, type Logger, type Registry } from '@sangha/telemetry';

/** What a request to a remote model used. */
export interface RemoteUsage {
  readonly principal: OrgContext;
  readonly requestId: string;
  readonly model: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly outcome: 'completed' | 'aborted' | 'failed';
}

/** Publishes usage of remote models in the background; what the bus refuses is tried again, also while closing. */
export interface UsagePublisher {
  record(usage: RemoteUsage): void;
  /** Resolves when everything recorded was stored or given up. */
  close(): Promise<void>;
}

const attempts = 5;
const firstDelayMs = 50;
/** Records that may wait for the bus; about 20 MB. Beyond, they are counted as lost and logged: a caller must not wait for a meter. */
const maxWaiting = 50_000;

export function createUsagePublisher({
  messaging,
  log,
  metrics,
  clock,
}: {
  messaging: Pick<Messaging, 'publish'>;
  log: Logger;
  metrics: Registry;
  clock: () => number;
}): UsagePublisher {
  const waiting = new Set<Promise<void>>();
  const lost = counter(metrics, { name: 'sangha_gateway_usage_lost_total', help: 'Usage records that the bus did not take.' });

  return {
    record(usage) {
      if (waiting.size >= maxWaiting) return lose(usage, undefined);
      const published = publish(usage)
        .catch((error: unknown) => lose(usage, error))
        .then(() => {
          waiting.delete(published);
        });
      waiting.add(published);
    },
    close: async () => {
      while (waiting.size > 0) await Promise.all(waiting);
    },
  };

  async function publish(usage: RemoteUsage): Promise<void> {
    const { principal, requestId } = usage;
    const payload = events.usageRecorded.encode({
      orgId: principal.orgId,
      userId: principal.userId,
      tokenId: principal.tokenId ?? '',
      requestId,
      model: usage.model,
      source: 'remote',
      promptTokens: usage.promptTokens,
      completionTokens: usage.completionTokens,
      cachedTokens: usage.cachedTokens,
      outcome: usage.outcome,
      at: new Date(clock()).toISOString(),
    });
    const message = { subject: 'usage.recorded' as const, orgId: principal.orgId, messageId: requestId, payload };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await messaging.publish(message);
      } catch (error) {
        if (attempt === attempts) return lose(usage, error);
        await new Promise((resolve) => setTimeout(resolve, firstDelayMs * 2 ** attempt));
      }
    }
  }

  function lose({ principal, requestId, model, promptTokens, completionTokens }: RemoteUsage, error: unknown): void {
    lost.inc({});
    log.error({ err: error, orgId: principal.orgId, requestId, model, promptTokens, completionTokens }, 'usage not published');
  }
}
