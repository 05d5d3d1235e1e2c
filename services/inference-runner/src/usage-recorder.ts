import type { OrgContext } from '@sangha/identity';
import type { Messaging } from '@sangha/messaging';
import { events } from '@sangha/protos';
import type { Logger } from '@sangha/telemetry';
import { atMost, type Clock } from './clock.ts';

export interface TokenUsage {
  promptTokens: number;
  completionTokens: number;
  cachedTokens: number;
}

export interface UsageRecord extends TokenUsage {
  context: OrgContext;
  requestId: string;
  modelId: string;
  outcome: 'completed' | 'aborted' | 'failed';
}

export interface UsageRecorder {
  /** Resolves when the record is stored, or after a second: then it goes on trying by itself. Never rejects. */
  record(usage: UsageRecord): Promise<void>;
  /** Waits for what is still being stored, for a while; what is left then is in the log. */
  close(): Promise<void>;
}

// A bus that is down must not hold up answers that are ready.
const patienceMs = 1_000;
const closePatienceMs = 30_000;
const retryAfterMs = [100, 500, 2_000, 5_000, 15_000];

/** Publishes `usage.recorded`. The message id is `<org>:<request id>`, so a second record of one request is stored once. */
export function createUsageRecorder({
  messaging,
  clock,
  log,
}: {
  messaging: Messaging;
  clock: Clock;
  log: Logger;
}): UsageRecorder {
  const storing = new Map<Promise<void>, UsageRecord>();

  async function store({ context, requestId, modelId, outcome, ...tokens }: UsageRecord): Promise<void> {
    const record = {
      orgId: context.orgId,
      userId: context.userId,
      tokenId: context.tokenId ?? '',
      requestId,
      model: modelId,
      source: 'local',
      ...tokens,
      outcome,
      at: new Date(clock.now()).toISOString(),
    };
    const message = {
      subject: 'usage.recorded',
      orgId: context.orgId,
      messageId: `${context.orgId}:${requestId}`,
      payload: events.usageRecorded.encode(record),
    } as const;

    for (const delayMs of [...retryAfterMs, undefined]) {
      try {
        await messaging.publish(message);
        return;
      } catch (error) {
        if (delayMs === undefined) {
          // The last place where the numbers can still be found.
          log.error({ err: error, usage: record }, 'a usage record could not be stored');
          return;
        }
        await new Promise<void>((resolve) => clock.after(delayMs, resolve));
      }
    }
  }

  return {
    record(usage) {
      const stored = store(usage).finally(() => storing.delete(stored));
      storing.set(stored, usage);
      return atMost(clock, patienceMs, stored);
    },
    async close() {
      await atMost(clock, closePatienceMs, Promise.all(storing.keys()));
      for (const { context, ...usage } of storing.values())
        log.error({ usage: { orgId: context.orgId, ...usage } }, 'a usage record could not be stored before the end');
    },
  };
}
