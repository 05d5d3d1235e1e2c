import { type Database, violatedKey } from '@sangha/database';
import { AppError } from '@sangha/errors';
import type { OrgContext, Role } from '@sangha/identity';
import { parsePage } from '@sangha/paging';
import { Members } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import type { Changes } from '../changes.ts';
import type { Db } from '../db.ts';
import { requireManagement } from '../domain/access.ts';
import { checkActOn, checkAdminRemains, checkAssign, parseMemberRole, type Standing } from '../domain/members.ts';
import { parseEmail, parseText } from '../domain/text.ts';
import { type MemberRow, membersOf } from '../repository/members.ts';

/** Members of the caller's organisation, for its managers. */
export function membersRpc({ database, changes }: { database: Database<Db>; changes: Changes }): Implementation {
  return implement(Members, {
    async listMembers(request, { context }) {
      const org = requireManagement(context, 'resource_manager');
      const page = parsePage(request);
      const { rows, total } = await database.withOrg(org, (db) => membersOf(db, org.orgId).page(page));
      return { members: rows.map(view), total, ...page };
    },

    async addMember(request, { context }) {
      const org = requireManagement(context, 'resource_manager');
      const role = parseMemberRole(request.role);
      const member = {
        userId: parseText(request.userId, 'user_id', 1, 255),
        username: parseText(request.username, 'username', 1, 255),
        email: parseEmail(request.email),
        role,
      };
      const added = changes.inOrg(org, async (db, record, now) => {
        const members = membersOf(db, org.orgId);
        await members.lock(now);
        checkAssign(await standingOf(org, members), role);
        const row = await members.insert({ ...member, createdAt: now, updatedAt: now });
        record({ subject: 'member', id: member.userId, what: 'added', details: { role } });
        return row;
      });
      return view(await added.catch((error: unknown) => Promise.reject(memberExists(error))));
    },

    async setMemberRole(request, { context }) {
      const org = requireManagement(context, 'resource_manager');
      const role = parseMemberRole(request.role);
      const row = await changes.inOrg(org, async (db, record, now) => {
        const members = membersOf(db, org.orgId);
        const target = await lockedTarget(org, members, request.userId, role, now);
        record({ subject: 'member', id: target.userId, what: 'role_set', details: { from: target.role, role } });
        return await members.setRole(target.userId, role, now);
      });
      return view(row);
    },

    async removeMember(request, { context }) {
      const org = requireManagement(context, 'resource_manager');
      await changes.inOrg(org, async (db, record, now) => {
        const members = membersOf(db, org.orgId);
        const target = await lockedTarget(org, members, request.userId, undefined, now);
        const { tokens } = await members.remove(target.userId);
        record({ subject: 'member', id: target.userId, what: 'removed', details: { role: target.role, tokens } });
      });
      return {};
    },
  });
}

type MembersOfOrg = ReturnType<typeof membersOf>;

/**
 * The member that the actor may change to `role` (`undefined` = remove), read under the lock that serialises such changes.
 * The actor's own role is read under it too: a context is up to a minute old, and its owner may have been demoted since.
 */
async function lockedTarget(
  org: OrgContext,
  members: MembersOfOrg,
  userId: string,
  role: Role | undefined,
  now: Date,
): Promise<MemberRow> {
  await members.lock(now);
  const actor = await standingOf(org, members);
  const target = await members.find(userId);
  if (target === null) throw new AppError('not_found', 'There is no such member. The list of members names them all.');
  const standing: Standing = { userId: target.userId, role: target.role as Role };
  checkActOn(actor, standing);
  if (role !== undefined) checkAssign(actor, role);
  checkAdminRemains(standing, role, await members.countAdmins());
  return target;
}

async function standingOf(org: OrgContext, members: MembersOfOrg): Promise<Standing> {
  if (org.kind === 'platform') return { userId: org.userId, role: 'resource_admin' };
  const actor = await members.find(org.userId);
  if (actor === null) throw new AppError('insufficient_role', 'You are no longer a member of this organisation.');
  requireManagement({ ...org, role: actor.role as Role }, 'resource_manager');
  return { userId: actor.userId, role: actor.role as Role };
}

const memberExists = (error: unknown): unknown =>
  violatedKey(error) === 'memberships_pkey'
    ? new AppError('member_exists', 'This user is a member already. Change the role instead.', { cause: error, param: 'user_id' })
    : error;

const view = (row: MemberRow) => ({
  userId: row.userId,
  username: row.username,
  email: row.email ?? '',
  role: row.role,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
