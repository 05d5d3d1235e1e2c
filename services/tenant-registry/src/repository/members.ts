import type { OrgId } from '@sangha/identity';
import { type Page, skipTake } from '@sangha/paging';
import type { Db } from '../db.ts';

export type MemberRow = Awaited<ReturnType<Db['membership']['findUniqueOrThrow']>>;

/** Memberships of one organisation. */
export function membersOf(db: Db, orgId: OrgId) {
  const key = (userId: string) => ({ orgId_userId: { orgId, userId } });
  return {
    /**
     * Until this transaction ends, nobody else changes members of the organisation: it takes the organisation's row.
     * Without it two admins who demote each other at once would both see another admin left.
     */
    lock: (now: Date) => db.organisation.updateMany({ where: { id: orgId }, data: { membersChangedAt: now } }),
    find: (userId: string) => db.membership.findUnique({ where: key(userId) }),
    countAdmins: () => db.membership.count({ where: { orgId, role: 'resource_admin' } }),
    async page(page: Page): Promise<{ rows: MemberRow[]; total: number }> {
      return {
        rows: await db.membership.findMany({ where: { orgId }, orderBy: { userId: 'asc' }, ...skipTake(page) }),
        total: await db.membership.count({ where: { orgId } }),
      };
    },
    insert: (row: Omit<MemberRow, 'orgId'>) => db.membership.create({ data: { ...row, orgId } }),
    setRole: (userId: string, role: string, now: Date) =>
      db.membership.update({ where: key(userId), data: { role, updatedAt: now } }),
    /** The member and their tokens: who comes back later starts without them. */
    async remove(userId: string): Promise<{ tokens: number }> {
      const tokens = await db.apiToken.deleteMany({ where: { orgId, userId } });
      await db.membership.delete({ where: key(userId) });
      return { tokens: tokens.count };
    },
  };
}
