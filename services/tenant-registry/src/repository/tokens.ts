import type { HotSql, HotStatement } from '@sangha/database';
import type { OrgId } from '@sangha/identity';
import { type Page, skipTake } from '@sangha/paging';
import type { Db } from '../db.ts';

export type TokenRow = Awaited<ReturnType<Db['apiToken']['findUniqueOrThrow']>>;

/** A token with its owner's role now; times in ms since 1970. */
export interface FoundToken {
  token_id: string;
  org_id: string;
  org_slug: string;
  org_status: string;
  user_id: string;
  username: string;
  role: string;
  scope: string;
  status: string;
  grants: string;
  name: string;
  expires_ms: number | null;
  used_ms: number | null;
}

const findToken: HotStatement = {
  name: 'registry_find_token',
  postgres: 'select * from find_token($1, $2)',
  sqlite: `
    select t.id as token_id, t.org_id, o.slug as org_slug, o.status as org_status, t.user_id, m.username, m.role, t.scope, t.status, t.grants, t.name,
           cast(round(unixepoch(t.expires_at, 'subsec') * 1000) as integer) as expires_ms,
           cast(round(unixepoch(t.last_used_at, 'subsec') * 1000) as integer) as used_ms
    from organisations o
    join api_tokens t on t.org_id = o.id and t.token_hash = ?
    join memberships m on m.org_id = t.org_id and m.user_id = t.user_id
    where o.client_id = ? and o.status <> 'deleted'`,
};

/** One statement for the hot path. No row when the token, its organisation or its owner's membership is gone. */
export async function findTokenByHash(hot: HotSql, tokenHash: string, clientId: string): Promise<FoundToken | undefined> {
  const [row] = await hot.readAsPlatform<FoundToken>(findToken, [tokenHash, clientId]);
  return row;
}

/** Tokens of one user in one organisation; somebody else's are not there. */
export function tokensOf(db: Db, orgId: OrgId, userId: string) {
  const own = (id: string) => ({ orgId, id, userId });
  return {
    insert: (row: Omit<TokenRow, 'orgId' | 'userId'>) => db.apiToken.create({ data: { ...row, orgId, userId } }),
    find: (id: string) => db.apiToken.findFirst({ where: own(id) }),
    async page(page: Page): Promise<{ rows: TokenRow[]; total: number }> {
      return {
        rows: await db.apiToken.findMany({ where: { orgId, userId }, orderBy: { id: 'desc' }, ...skipTake(page) }),
        total: await db.apiToken.count({ where: { orgId, userId } }),
      };
    },
    update: (id: string, data: { name?: string; status?: string; grants?: string; updatedAt: Date }) =>
      db.apiToken.updateMany({ where: own(id), data }),
    remove: (id: string) => db.apiToken.deleteMany({ where: own(id) }),
  };
}

/** Notes a use, unless one at or after `unlessSince` is noted already. */
export async function noteTokenUse(db: Db, orgId: OrgId, id: string, at: Date, unlessSince: Date): Promise<void> {
  await db.apiToken.updateMany({
    where: { orgId, id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: unlessSince } }] },
    data: { lastUsedAt: at },
  });
}
