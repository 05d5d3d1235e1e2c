import { newUlid, type OrgId } from '@sangha/identity';
import type { Db } from '../db.ts';

/** Settings and audit rows of the platform itself carry this instead of an organisation; no ULID reads like it. */
export const platformRows = 'platform';

export interface AuditEntry {
  readonly orgId: OrgId | typeof platformRows;
  readonly actorKind: string;
  readonly actor: string;
  /** `<thing>.<what happened>`, for example `member.removed`. */
  readonly action: string;
  /** The thing's id: a token id, a user id, a setting's key. */
  readonly resource: string;
  /** Facts for a reader of the log. Never a secret, never content. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

/** Adds entries in the transaction at hand. They can't be changed or removed afterwards. */
export async function appendAudit(db: Db, at: Date, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  // createMany because it reads nothing back: the platform role may add audit rows and see none.
  await db.auditEvent.createMany({
    data: entries.map((entry) => ({ ...entry, id: newUlid(), at, details: JSON.stringify(entry.details) })),
  });
}
