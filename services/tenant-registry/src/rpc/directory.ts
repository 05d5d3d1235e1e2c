import type { Database } from '@sangha/database';
import { AppError } from '@sangha/errors';
import { Directory } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import type { Db } from '../db.ts';
import { requireOrg, requirePlatform } from '../domain/access.ts';
import { checkToken } from '../domain/tokens.ts';
import type { EffectiveSettings } from '../effective-settings.ts';
import type { LastUsed } from '../last-used.ts';
import { type FoundOrganisation, organizationDirectory } from '../repository/organizations.ts';
import { findTokenByHash } from '../repository/tokens.ts';

export interface DirectoryDeps {
  database: Database<Db>;
  settings: EffectiveSettings;
  lastUsed: LastUsed;
  clock: () => number;
  /** Counts look-ups of tokens by how they ended. */
  countLookup: (outcome: string) => void;
}

/** The gateway's hot questions. */
export function directoryRpc({ database, settings, lastUsed, clock, countLookup }: DirectoryDeps): Implementation {
  const organizations = organizationDirectory(database.hot);

  async function authenticate(tokenHash: string, clientId: string) {
    // What can't be a digest or a client id is not worth asking the database.
    const wellFormed = /^[0-9a-f]{64}$/.test(tokenHash) && clientId.length <= 64;
    const token = wellFormed ? await findTokenByHash(database.hot, tokenHash, clientId) : undefined;
    const scope = checkToken(token, clock());
    return { token: token as NonNullable<typeof token>, scope };
  }

  return implement(Directory, {
    async findOrganization(request, { context }) {
      requirePlatform(context);
      const found = await find(organizations, request);
      if (found === undefined) throw new AppError('org_not_found', 'There is no such organisation.');
      return view(found);
    },

    async authenticateToken(request, { context }) {
      requirePlatform(context);
      try {
        const { token, scope } = await authenticate(request.tokenHash, request.clientId);
        lastUsed.note(token);
        countLookup('valid');
        return {
          tokenId: token.token_id,
          orgId: token.org_id,
          orgSlug: token.org_slug,
          orgStatus: token.org_status,
          userId: token.user_id,
          username: token.username,
          role: token.role,
          scope,
          grants: token.grants,
          expiresAt: token.expires_ms === null ? '' : new Date(token.expires_ms).toISOString(),
          name: token.name,
        };
      } catch (error) {
        countLookup(error instanceof AppError ? error.code : 'internal');
        throw error;
      }
    },

    async getOrganizationKey(_request, { context }) {
      const key = await organizations.findKey(requireOrg(context));
      if (key === undefined) throw new AppError('org_not_found', 'There is no such organisation.');
      return { version: key.key_version, wrappedKey: Buffer.from(key.wrapped_key, 'utf8') };
    },

    async getEffectiveSettings(_request, { context }) {
      return { values: await settings.read(requireOrg(context)) };
    },
  });
}

type Selector = { selector?: string; id?: string; slug?: string; clientId?: string; only?: boolean };

async function find(
  organizations: ReturnType<typeof organizationDirectory>,
  request: Selector,
): Promise<FoundOrganisation | undefined> {
  if (request.selector === 'id') return organizations.find({ id: request.id ?? '' });
  if (request.selector === 'slug') return organizations.find({ slug: request.slug ?? '' });
  if (request.selector === 'clientId') return organizations.find({ clientId: request.clientId ?? '' });
  if (request.only === true) return organizations.findOnly();
  throw new AppError('missing_field', 'Say which organisation: id, slug, client_id or only.');
}

const view = (row: FoundOrganisation) => ({
  id: row.id,
  slug: row.slug,
  displayName: row.display_name,
  clientId: row.client_id,
  status: row.status,
  createdAt: new Date(row.created_ms).toISOString(),
  updatedAt: new Date(row.updated_ms).toISOString(),
});
