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
  let waiting = 0;
  let onIdle: (() => void) | undefined;
  const lost = counter(metrics, { name: 'sangha_gateway_usage_lost_total', help: 'Usage records that the bus did not take.' });
  const done = (): void => {
    waiting -= 1;
    if (waiting === 0) onIdle?.();
  };

  return {
    record(usage) {
      if (waiting >= maxWaiting) {
        lose(usage, undefined);
        return;
      }
      waiting += 1;
      publish(usage).then(done, (error: unknown) => {
        lose(usage, error);
        done();
      });
    },
    close: () =>
      new Promise((resolve) => {
        onIdle = resolve;
        if (waiting === 0) resolve();
      }),
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
        if (attempt === attempts) throw error;
        await new Promise((resolve) => setTimeout(resolve, firstDelayMs * 2 ** attempt));
      }
    }
  }

  function lose({ principal, requestId, model, promptTokens, completionTokens }: RemoteUsage, error: unknown): void {
    lost.inc({});
    log.error({ err: error, orgId: principal.orgId, requestId, model, promptTokens, completionTokens }, 'usage not published');
  }
}
