import type { Database } from '@sangha/database';
import { isAppError } from '@sangha/errors';
import type { OrgId } from '@sangha/identity';
import type { Db } from './db.ts';
import type { MeteredRequest } from './domain/usage.ts';
import { usageOf } from './repository/usage.ts';
import { serviceContext } from './service-context.ts';

export interface UsageLedger {
  /** Resolves when the request is in the ledger: true when it was added, false when it had been counted before. */
  add(orgId: OrgId, request: MeteredRequest): Promise<boolean>;
}

interface Waiting {
  request: MeteredRequest;
  resolve: (added: boolean) => void;
  reject: (error: unknown) => void;
}

/** Requests of one transaction, at most. */
const mostTogether = 200;

/**
 * Writes metered requests, those of one organisation that arrive together in one transaction: under load a transaction for
 * each would cost more than the request that it counts. Nothing is held back that was acknowledged: `add` resolves after the commit.
 */
export function createUsageLedger({ database }: { database: Database<Db> }): UsageLedger {
  const gathering = new Map<OrgId, Waiting[]>();

  function flush(orgId: OrgId): void {
    const batch = gathering.get(orgId);
    gathering.delete(orgId);
    if (batch !== undefined) void write(orgId, batch);
  }

  async function write(orgId: OrgId, batch: readonly Waiting[]): Promise<void> {
    try {
      const added = await store(
        orgId,
        batch.map(({ request }) => request),
      );
      for (const { request, resolve } of batch) resolve(added.delete(request.requestId));
    } catch (error) {
      // A database that is down or slow is not asked more often because of it.
      if (batch.length === 1 || isAppError(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      // One that the database refuses must not take the others along; halving finds it in few steps.
      const half = Math.ceil(batch.length / 2);
      for (const part of [batch.slice(0, half), batch.slice(half)]) await write(orgId, part);
    }
  }

  /** Answers the ids that were new, each once. */
  const store = (orgId: OrgId, requests: readonly MeteredRequest[]): Promise<Set<string>> =>
    database.withOrg(serviceContext(orgId), (db) => usageOf(db, orgId).addAll(requests));

  return {
    add: (orgId, request) =>
      new Promise((resolve, reject) => {
        const batch = gathering.get(orgId) ?? [];
        if (batch.length === 0) {
          gathering.set(orgId, batch);
          // Deliveries of one batch arrive in one turn.
          setImmediate(() => {
            if (gathering.get(orgId) === batch) flush(orgId);
          });
        }
        batch.push({ request, resolve, reject });
        if (batch.length >= mostTogether) flush(orgId);
      }),
  };
}
