import { createMemoryCache, platformKey } from '@sangha/cache';
import { AppError, isAppError } from '@sangha/errors';
import {
  clientIdOf,
  isRole,
  isScope,
  type OrgContext,
  type OrgId,
  type ParsedToken,
  type PlatformContext,
  parseGrants,
  parseOrgId,
} from '@sangha/identity';
import type { AuthenticatedToken, GatewayClients, Organization } from '../clients.ts';
import { type OrgSettings, orgSettings } from './settings.ts';
import { suspended } from './suspended.ts';

/** Staleness when the bus is down; with it, a change is in force within a second. */
const ttlMs = 30_000;

/** A checked token, ready for use: its principal is one frozen value, so its signed context is made once a minute and not per request. */
export interface TokenRecord {
  readonly principal: OrgContext;
  readonly orgSlug: string;
  readonly orgStatus: string;
  /** Milliseconds since 1970; infinity = never. */
  readonly expiresAtMs: number;
}

/**
 * What the gateway knows of tenant-registry: tokens, organisations and settings, at most 30 s old, dropped by event.
 * The `peek` functions never wait: undefined = not held, ask again with `load`.
 */
export interface DirectoryCache {
  peekToken(token: ParsedToken): TokenRecord | undefined;
  /** Undefined = there is no such token. @throws AppError `token_expired`, `token_revoked`, `unavailable` */
  loadToken(token: ParsedToken): Promise<TokenRecord | undefined>;
  peekSettings(orgId: OrgId): OrgSettings | undefined;
  loadSettings(orgId: OrgId): Promise<OrgSettings>;
  peekOrganization(slug: string): Organization | undefined;
  /** Undefined slug = the only or default organisation. */
  loadOrganization(slug: string | undefined): Promise<Organization | undefined>;
  forget(orgId: OrgId): void;
}

const platform: PlatformContext = Object.freeze({ kind: 'platform' });

/** `clock` in milliseconds that never run backwards. */
export function createDirectoryCache({
  directory,
  clock,
}: {
  directory: GatewayClients['directory'];
  clock: () => number;
}): DirectoryCache {
  const tokens = createMemoryCache<TokenRecord>({ max: 50_000, ttlMs, clock, orgOf: ({ principal }) => principal.orgId });
  const organizations = createMemoryCache<Organization>({ max: 10_000, ttlMs, clock, orgOf: ({ id }) => parseOrgId(id) });
  const settings = createMemoryCache<OrgSettings>({ max: 10_000, ttlMs, clock });

  return {
    peekToken: ({ hash }) => tokens.get(platformKey(hash)),
    loadToken: ({ hash, clientId }) =>
      tokens.load(platformKey(hash), async () => {
        const found = await absentIf(
          'token_invalid',
          directory.authenticateToken({ tokenHash: hash, clientId }, { context: platform }),
        );
        // The text says whose token it is; a row of somebody else is not its row.
        return found && clientIdOf(parseOrgId(found.orgId)) === clientId ? tokenRecord(found) : undefined;
      }),
    peekSettings: (orgId) => settings.get({ orgId, key: 'settings' }),
    loadSettings: async (orgId) => {
      const found = await settings.load({ orgId, key: 'settings' }, async () => {
        const { values } = await directory.getEffectiveSettings({}, { context: gatewayContext(orgId) });
        return orgSettings(values);
      });
      if (found === undefined)
        throw new AppError('unavailable', 'The settings of the organisation are not known yet. Try again.');
      return found;
    },
    peekOrganization: (slug) => organizations.get(slugKey(slug)),
    loadOrganization: (slug) =>
      organizations.load(slug === undefined ? onlyOne : slugKey(slug), () => {
        const selector = slug === undefined ? ({ only: true } as const) : { slug };
        return absentIf('org_not_found', directory.findOrganization(selector, { context: platform }));
      }),
    forget: (orgId) => {
      tokens.invalidateOrg(orgId);
      organizations.invalidateOrg(orgId);
      settings.invalidateOrg(orgId);
    },
  };
}

// Strangers choose slugs freely, by host: no text of theirs may be the key of another question.
const slugKey = (slug: string) => platformKey(`slug ${slug}`);
const onlyOne = platformKey('only');

/** The gateway asking on its own behalf inside an organisation. */
export const gatewayContext = (orgId: OrgId): OrgContext =>
  Object.freeze({ kind: 'service', orgId, userId: 'auth-gateway', username: 'auth-gateway', role: 'resource_user' });

async function absentIf<T>(code: 'token_invalid' | 'org_not_found', answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isAppError(error) && (error.code === code || (code === 'org_not_found' && error.code === 'not_found'))) return undefined;
    throw error;
  }
}

/** @throws AppError why a token that the directory found, or did not, can't be used now */
export function usableToken(record: TokenRecord | undefined, nowMs: number): TokenRecord {
  if (record === undefined || record.orgStatus === 'deleted')
    throw new AppError('token_invalid', 'This API token is not known. Create a new one.');
  if (record.expiresAtMs <= nowMs) throw new AppError('token_expired', 'This API token has expired. Create a new one.');
  if (record.orgStatus !== 'active') throw suspended();
  return record;
}

/** @throws AppError `token_invalid` for a record that can't be trusted: an unknown role or scope, malformed grants */
export function tokenRecord(found: AuthenticatedToken): TokenRecord {
  const { role, scope, expiresAt } = found;
  if (!isRole(role) || !isScope(scope)) throw unusable();
  const expiresAtMs = expiresAt === '' ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
  if (Number.isNaN(expiresAtMs)) throw unusable();
  return Object.freeze({
    principal: Object.freeze({
      kind: 'api_token',
      orgId: parseOrgId(found.orgId),
      userId: found.userId,
      username: found.username,
      role,
      scope,
      tokenId: found.tokenId,
      grants: grantsOf(found.grants),
    }),
    orgSlug: found.orgSlug,
    orgStatus: found.orgStatus,
    expiresAtMs,
  });
}

function grantsOf(text: string) {
  try {
    return parseGrants(text);
  } catch (cause) {
    throw unusable(cause);
  }
}

const unusable = (cause?: unknown): AppError =>
  new AppError('token_invalid', 'This API token is damaged. Create a new one.', { cause });
