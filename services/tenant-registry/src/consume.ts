import { type Database, violatedKey } from '@sangha/database';
import type { Consumer, Delivery, Messaging } from '@sangha/messaging';
import { events } from '@sangha/protos';
import type { Logger } from '@sangha/telemetry';
import type { Db } from './db.ts';
import { parseUsageEvent } from './domain/usage.ts';
import { usageOf } from './repository/usage.ts';
import { serviceContext } from './service-context.ts';

export interface ConsumeDeps {
  database: Database<Db>;
  messaging: Messaging;
  log: Logger;
  /** Counts events by how they ended. */
  countEvent: (outcome: 'added' | 'repeated' | 'refused') => void;
}

/** Adds `usage.recorded` to the ledger. Delivered twice, or published twice, a request counts once. */
export function consumeUsage({ database, messaging, log, countEvent }: ConsumeDeps): Consumer {
  async function add(delivery: Delivery): Promise<boolean> {
    const event = parseUsageEvent(events.usageRecorded.decode(delivery.payload), delivery.orgId);
    try {
      return await database.withOrg(serviceContext(delivery.orgId), (db) => usageOf(db, delivery.orgId).add(event));
    } catch (error) {
      // Two deliveries at once: the other one has counted it.
      if (violatedKey(error) === 'usage_events_pkey') return false;
      throw error;
    }
  }

  return messaging.consume({ durable: 'tenant-registry-usage', subjects: ['usage.recorded'] }, async (delivery) => {
    try {
      countEvent((await add(delivery)) ? 'added' : 'repeated');
    } catch (err) {
      countEvent('refused');
      log.error(
        { err, orgId: delivery.orgId, messageId: delivery.messageId, attempt: delivery.attempt },
        'Usage was not recorded',
      );
      throw err;
    }
  });
}
