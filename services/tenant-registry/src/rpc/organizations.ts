import type { Database } from '@sangha/database';
import { violatedKey } from '@sangha/database';
import { AppError } from '@sangha/errors';
import { clientIdOf, newUlid, type OrgId } from '@sangha/identity';
import { parsePage } from '@sangha/paging';
import { Organizations } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import type { Changes } from '../changes.ts';
import type { Db } from '../db.ts';
import { requirePlatform } from '../domain/access.ts';
import { nextStatus } from '../domain/organization.ts';
import { parseSlug } from '../domain/slug.ts';
import { parseEmail, parseText } from '../domain/text.ts';
import type { OrganizationKeys } from '../organization-keys.ts';
import { allOrganizations, type OrganisationRow } from '../repository/organizations.ts';

/** The operator's door. */
export function organizationsRpc({
  database,
  changes,
  keys,
}: {
  database: Database<Db>;
  changes: Changes;
  keys: OrganizationKeys;
}): Implementation {
  return implement(Organizations, {
    async createOrganization(request, { context }) {
      requirePlatform(context);
      const slug = parseSlug(request.slug);
      const displayName = parseText(request.displayName, 'display_name', 1, 100);
      const admin = {
        userId: parseText(request.adminUserId, 'admin_user_id', 1, 255),
        username: parseText(request.adminUsername, 'admin_username', 1, 255),
        email: parseEmail(request.adminEmail),
        role: 'resource_admin',
      };
      const id = newUlid() as OrgId;
      const key = keys.make(id);
      const created = changes.asPlatform('create an organisation', async (db, record, now) => {
        const times = { createdAt: now, updatedAt: now };
        const organisations = allOrganizations(db);
        const row = await organisations.insert({
          id,
          slug,
          displayName,
          clientId: clientIdOf(id),
          wrappedKey: key.wrapped,
          keyVersion: key.version,
          status: 'active',
          createdBy: 'platform',
          membersChangedAt: now,
          ...times,
        });
        await organisations.insertFirstAdmin({ orgId: id, ...admin, ...times });
        record(id, { subject: 'organization', id, what: 'created', details: { slug } });
        record(id, { subject: 'member', id: admin.userId, what: 'added', details: { role: admin.role } });
        return row;
      });
      return view(await created.catch((error: unknown) => Promise.reject(slugTaken(error, slug))));
    },

    async listOrganizations(request, { context }) {
      requirePlatform(context);
      const page = parsePage(request);
      const { rows, total } = await database.asPlatform('list organisations', (db) => allOrganizations(db).page(page));
      return { organizations: rows.map(view), total, ...page };
    },

    async updateOrganization(request, { context }) {
      requirePlatform(context);
      const displayName = request.displayName === undefined ? undefined : parseText(request.displayName, 'display_name', 1, 100);
      const row = await changes.asPlatform('update an organisation', async (db, record, now) => {
        const organisations = allOrganizations(db);
        const current = await organisations.find(request.id);
        if (current === null)
          throw new AppError('org_not_found', 'There is no such organisation. The list of organisations names them all.');
        const status = nextStatus(current.status, request.status ?? current.status);
        const updated = await organisations.update(current.id, {
          ...(displayName === undefined ? {} : { displayName }),
          status,
          updatedAt: now,
        });
        record(current.id as OrgId, {
          subject: 'organization',
          id: current.id,
          what: 'updated',
          details: { from: current.status, status },
        });
        return updated;
      });
      return view(row);
    },
  });
}

const slugTaken = (error: unknown, slug: string): unknown =>
  violatedKey(error) === 'organisations_slug_key'
    ? new AppError('org_slug_taken', `The slug "${slug}" is taken. Choose another one.`, { cause: error, param: 'slug' })
    : error;

const view = (row: OrganisationRow) => ({
  id: row.id,
  slug: row.slug,
  displayName: row.displayName,
  clientId: row.clientId,
  status: row.status,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
