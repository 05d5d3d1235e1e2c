import type { Database } from '@sangha/database';
import type { OrgContext, OrgId } from '@sangha/identity';
import type { Messaging } from '@sangha/messaging';
import { events } from '@sangha/protos';
import type { Db } from './db.ts';
import { type AuditEntry, appendAudit, platformRows } from './repository/audit.ts';

/** One thing that changed, for the audit log and for the caches that hold it. */
export interface Change {
  subject: 'organization' | 'token' | 'member' | 'setting';
  id: string;
  /** What happened to it, for example `removed`. */
  what: string;
  details?: AuditEntry['details'];
}

/**
 * Every write of this service goes through here: rows and their audit entries in one transaction, then, once it is
 * committed, `registry.changed` to everyone who caches. A broadcast that is lost costs its receivers at most their TTL.
 * The work may run again after a lost race; what it recorded before counts for nothing.
 */
export interface Changes {
  inOrg<T>(context: OrgContext, work: (db: Db, record: (change: Change) => void, now: Date) => Promise<T>): Promise<T>;
  /** `record` says which organisation a change belongs to; `platform` tells every one of them. */
  asPlatform<T>(
    reason: string,
    work: (db: Db, record: (orgId: OrgId | typeof platformRows, change: Change) => void, now: Date) => Promise<T>,
  ): Promise<T>;
}

interface Recorded {
  orgId: OrgId | typeof platformRows;
  change: Change;
}

export interface ChangesDeps {
  database: Database<Db>;
  messaging: Messaging;
  clock: () => number;
}

export function createChanges({ database, messaging, clock }: ChangesDeps): Changes {
  const tell = (orgId: OrgId, { subject, id }: Change) =>
    messaging.broadcast('registry.changed', orgId, events.registryChanged.encode({ orgId, subject, id }));

  return {
    async inOrg(context, work) {
      const [result, recorded] = await database.withOrg(context, async (db) => {
        const now = new Date(clock());
        const changes: Recorded[] = [];
        const done = await work(db, (change) => changes.push({ orgId: context.orgId, change }), now);
        await appendAudit(db, now, entriesOf(changes, context.kind, context.userId));
        return [done, changes] as const;
      });
      for (const { change } of recorded) tell(context.orgId, change);
      return result;
    },

    async asPlatform(reason, work) {
      const [result, recorded, everyone] = await database.asPlatform(reason, async (db) => {
        const now = new Date(clock());
        const changes: Recorded[] = [];
        const done = await work(db, (orgId, change) => changes.push({ orgId, change }), now);
        await appendAudit(db, now, entriesOf(changes, 'platform', 'platform'));
        return [done, changes, changes.some(isForAll) ? await organizationIds(db) : []] as const;
      });
      for (const { orgId, change } of recorded) {
        for (const id of orgId === platformRows ? everyone : [orgId]) tell(id, change);
      }
      return result;
    },
  };
}

const isForAll = ({ orgId }: Recorded): boolean => orgId === platformRows;

const entriesOf = (recorded: readonly Recorded[], actorKind: string, actor: string): AuditEntry[] =>
  recorded.map(({ orgId, change: { subject, id, what, details = {} } }) => ({
    orgId,
    actorKind,
    actor,
    action: `${subject}.${what}`,
    resource: id,
    details,
  }));

async function organizationIds(db: Db): Promise<OrgId[]> {
  const rows = await db.organisation.findMany({ where: { status: { not: 'deleted' } }, select: { id: true } });
  return rows.map(({ id }) => id as OrgId);
}
