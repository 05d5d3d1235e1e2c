import { type Database, violatedKey } from '@sangha/database';
import { AppError } from '@sangha/errors';
import { clientIdOf, issueToken, newUlid, type Role } from '@sangha/identity';
import { parsePage } from '@sangha/paging';
import { Tokens } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import type { Changes } from '../changes.ts';
import type { Db } from '../db.ts';
import { requireSession } from '../domain/access.ts';
import { parseExpiry, parseTokenGrants, parseTokenName, parseTokenScope, parseTokenStatus } from '../domain/tokens.ts';
import { membersOf } from '../repository/members.ts';
import { type TokenRow, tokensOf } from '../repository/tokens.ts';

/** API tokens of the signed-in person; tokens and apps can't make or change tokens. */
export function tokensRpc({
  database,
  changes,
  clock,
  issue = issueToken,
}: {
  database: Database<Db>;
  changes: Changes;
  clock: () => number;
  issue?: typeof issueToken;
}): Implementation {
  return implement(Tokens, {
    async createToken(request, { context }) {
      const org = requireSession(context, 'resource_power_user');
      const fields = {
        name: parseTokenName(request.name),
        scope: parseTokenScope(request.scope, org.role),
        grants: parseTokenGrants(request.grants),
        expiresAt: parseExpiry(request.expiresAt, new Date(clock())),
      };
      const insert = (issued: ReturnType<typeof issueToken>) =>
        changes.inOrg(org, async (db, record, now) => {
          // The context is up to a minute old: who has been removed or demoted since makes no more tokens than they may.
          const owner = await membersOf(db, org.orgId).find(org.userId);
          if (owner === null) throw new AppError('insufficient_role', 'You are no longer a member of this organisation.');
          parseTokenScope(fields.scope, owner.role as Role);
          const row = await tokensOf(db, org.orgId, org.userId).insert({
            ...fields,
            id: newUlid(),
            tokenPrefix: issued.prefix,
            tokenHash: issued.hash,
            status: 'active',
            lastUsedAt: null,
            createdAt: now,
            updatedAt: now,
          });
          record({
            subject: 'token',
            id: row.id,
            what: 'created',
            details: { name: fields.name, scope: fields.scope, prefix: issued.prefix },
          });
          return { token: view(row), text: issued.text };
        });
      return await withFreshPrefix(() => insert(issue(clientIdOf(org.orgId))));
    },

    async listTokens(request, { context }) {
      const org = requireSession(context, 'resource_user');
      const page = parsePage(request);
      const { rows, total } = await database.withOrg(org, (db) => tokensOf(db, org.orgId, org.userId).page(page));
      return { tokens: rows.map(view), total, ...page };
    },

    async updateToken(request, { context }) {
      const org = requireSession(context, 'resource_power_user');
      const changed = {
        ...(request.name === undefined ? {} : { name: parseTokenName(request.name) }),
        ...(request.status === undefined ? {} : { status: parseTokenStatus(request.status) }),
        ...(request.grants === undefined ? {} : { grants: parseTokenGrants(request.grants) }),
      };
      const row = await changes.inOrg(org, async (db, record, now) => {
        const tokens = tokensOf(db, org.orgId, org.userId);
        await tokens.update(request.id, { ...changed, updatedAt: now });
        const updated = await tokens.find(request.id);
        if (updated === null) throw notFound();
        record({
          subject: 'token',
          id: updated.id,
          what: 'updated',
          details: { fields: Object.keys(changed).join(' '), status: updated.status },
        });
        return updated;
      });
      return view(row);
    },

    async deleteToken(request, { context }) {
      // Ending one's own token is always right, whatever the role has become.
      const org = requireSession(context, 'resource_user');
      await changes.inOrg(org, async (db, record) => {
        const { count } = await tokensOf(db, org.orgId, org.userId).remove(request.id);
        if (count === 0) throw notFound();
        record({ subject: 'token', id: request.id, what: 'deleted' });
      });
      return {};
    },
  });
}

/** Eight random characters are shown as a token's prefix and unique in its organisation; two alike are rare, not impossible. */
async function withFreshPrefix<T>(insert: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await insert();
    } catch (error) {
      if (violatedKey(error) !== 'api_tokens_org_id_token_prefix_key' || attempt === 5) throw error;
    }
  }
}

// The same for a token of somebody else, of another organisation and for none at all.
const notFound = (): AppError => new AppError('not_found', 'There is no such API token. The list of tokens names yours.');

const view = (row: TokenRow) => ({
  id: row.id,
  name: row.name,
  tokenPrefix: row.tokenPrefix,
  scope: row.scope,
  status: row.status,
  grants: row.grants,
  expiresAt: row.expiresAt?.toISOString() ?? '',
  lastUsedAt: row.lastUsedAt?.toISOString() ?? '',
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
