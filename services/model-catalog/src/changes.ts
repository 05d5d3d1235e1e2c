import type { Database } from '@sangha/database';
import type { OrgContext } from '@sangha/identity';
import type { Messaging } from '@sangha/messaging';
import { events } from '@sangha/protos';
import type { Db } from './db.ts';

/**
 * Every write that can change what a name means goes through here: one transaction, then, once it is committed,
 * `catalog.changed` to everyone who caches names of the organisation. A lost broadcast costs its receivers at most their TTL.
 */
export type Change = <T>(context: OrgContext, work: (db: Db, now: Date) => Promise<T>) => Promise<T>;

export function createChange({
  database,
  messaging,
  clock,
}: {
  database: Database<Db>;
  messaging: Messaging;
  clock: () => number;
}): Change {
  return async (context, work) => {
    const result = await database.withOrg(context, (db) => work(db, new Date(clock())));
    messaging.broadcast('catalog.changed', context.orgId, events.catalogChanged.encode({ orgId: context.orgId }));
    return result;
  };
}
