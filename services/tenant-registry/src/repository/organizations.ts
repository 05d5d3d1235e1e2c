import type { HotSql, HotStatement } from '@sangha/database';
import type { OrgContext } from '@sangha/identity';
import { type Page, skipTake } from '@sangha/paging';
import type { Db } from '../db.ts';

export type OrganisationRow = Awaited<ReturnType<Db['organisation']['findUniqueOrThrow']>>;

/** An organisation as the look-ups answer it; times in ms since 1970. */
export interface FoundOrganisation {
  id: string;
  slug: string;
  display_name: string;
  client_id: string;
  status: string;
  created_ms: number;
  updated_ms: number;
}

const columns = `id, slug, display_name, client_id, status,
  cast(round(unixepoch(created_at, 'subsec') * 1000) as integer) as created_ms, cast(round(unixepoch(updated_at, 'subsec') * 1000) as integer) as updated_ms`;

const findOne: HotStatement = {
  name: 'registry_find_organisation',
  postgres: 'select * from find_organisation($1, $2, $3)',
  sqlite: `select ${columns} from organisations where status <> 'deleted' and (id = ? or slug = ? or client_id = ?)`,
};

const findOnly: HotStatement = {
  name: 'registry_find_only_organisation',
  postgres: 'select * from find_only_organisation()',
  sqlite: `select ${columns} from organisations where status <> 'deleted' order by (slug = 'default') desc limit 2`,
};

const findKey: HotStatement = {
  name: 'registry_organisation_key',
  postgres: `select wrapped_key, key_version from organisations where id = $1 and status <> 'deleted'`,
  sqlite: `select wrapped_key, key_version from organisations where id = ? and status <> 'deleted'`,
};

/** Look-ups before the organisation is known. Deleted organisations are never found. */
export function organizationDirectory(hot: HotSql) {
  return {
    async find(by: { id: string } | { slug: string } | { clientId: string }): Promise<FoundOrganisation | undefined> {
      const values = ['id' in by ? by.id : null, 'slug' in by ? by.slug : null, 'clientId' in by ? by.clientId : null];
      const [row] = await hot.readAsPlatform<FoundOrganisation>(findOne, values);
      return row;
    },
    /** The only organisation there is, else the one with the slug "default". */
    async findOnly(): Promise<FoundOrganisation | undefined> {
      const [first, second] = await hot.readAsPlatform<FoundOrganisation>(findOnly, []);
      return second === undefined || first?.slug === 'default' ? first : undefined;
    },
    async findKey(context: OrgContext): Promise<{ wrapped_key: string; key_version: number } | undefined> {
      const [row] = await hot.readWithOrg<{ wrapped_key: string; key_version: number }>(context, findKey, [context.orgId]);
      return row;
    },
  };
}

/** Every organisation; only under the platform role. */
export function allOrganizations(db: Db) {
  return {
    insert: (row: OrganisationRow) => db.organisation.create({ data: row }),
    insertFirstAdmin: (row: {
      orgId: string;
      userId: string;
      username: string;
      email: string | null;
      role: string;
      createdAt: Date;
      updatedAt: Date;
    }) =>
      // createMany because it reads nothing back: the platform role may add a member and see none.
      db.membership.createMany({ data: [row] }),
    async page(page: Page): Promise<{ rows: OrganisationRow[]; total: number }> {
      return {
        rows: await db.organisation.findMany({ orderBy: { id: 'asc' }, ...skipTake(page) }),
        total: await db.organisation.count(),
      };
    },
    find: (id: string) => db.organisation.findUnique({ where: { id } }),
    update: (id: string, data: { displayName?: string; status?: string; updatedAt: Date }) =>
      db.organisation.update({ where: { id }, data }),
  };
}
