import type { Consumer, Messaging } from '@sangha/messaging';
import { events } from '@sangha/protos';
import type { Logger } from '@sangha/telemetry';
import { parseUsageEvent } from './domain/usage.ts';
import type { UsageLedger } from './usage-ledger.ts';

export interface ConsumeDeps {
  ledger: UsageLedger;
  messaging: Messaging;
  log: Logger;
  /** Counts events by how they ended. */
  countEvent: (outcome: 'added' | 'repeated' | 'refused') => void;
}

/** Deliveries at once; they wait for one commit together. */
const together = 400;
/** How long a request may be missing from the ledger so that others are written with it. */
const lingerMs = 100;

/** Adds `usage.recorded` to the ledger. Delivered twice, or published twice, a request counts once. */
export function consumeUsage({ ledger, messaging, log, countEvent }: ConsumeDeps): Consumer {
  return messaging.consume(
    { durable: 'tenant-registry-usage', subjects: ['usage.recorded'], concurrency: together, lingerMs },
    async (delivery) => {
      try {
        const request = parseUsageEvent(events.usageRecorded.decode(delivery.payload), delivery.orgId);
        countEvent((await ledger.add(delivery.orgId, request)) ? 'added' : 'repeated');
      } catch (err) {
        countEvent('refused');
        log.error(
          { err, orgId: delivery.orgId, messageId: delivery.messageId, attempt: delivery.attempt },
          'Usage was not recorded',
        );
        throw err;
      }
    },
  );
}
