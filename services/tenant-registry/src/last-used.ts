import type { Database } from '@sangha/database';
import type { OrgId } from '@sangha/identity';
import type { Logger } from '@sangha/telemetry';
import type { Db } from './db.ts';
import { noteTokenUse } from './repository/tokens.ts';
import { serviceContext } from './service-context.ts';

export interface LastUsed {
  /** Returns at once. Never fails the request that used the token. */
  note(token: { org_id: string; token_id: string; used_ms: number | null }): void;
  /** Waits for writes that are under way. */
  close(): Promise<void>;
}

/** How exact `last_used_at` is; a write per request would make every read of a token a write. */
const everyMs = 5 * 60_000;
// Beyond this many at once the next use of the token will do.
const mostPending = 32;

export function createLastUsed({ database, clock, log }: { database: Database<Db>; clock: () => number; log: Logger }): LastUsed {
  const pending = new Map<string, Promise<void>>();

  async function write(orgId: OrgId, id: string, now: number) {
    try {
      await database.withOrg(serviceContext(orgId), (db) => noteTokenUse(db, orgId, id, new Date(now), new Date(now - everyMs)));
    } catch (err) {
      log.warn({ err, orgId }, 'The last use of a token was not noted');
    } finally {
      pending.delete(id);
    }
  }

  return {
    note({ org_id: orgId, token_id: id, used_ms: usedMs }) {
      const now = clock();
      if ((usedMs !== null && now - usedMs < everyMs) || pending.has(id) || pending.size >= mostPending) return;
      pending.set(id, write(orgId as OrgId, id, now));
    },
    async close() {
      await Promise.all(pending.values());
    },
  };
}
