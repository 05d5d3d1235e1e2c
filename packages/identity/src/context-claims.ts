import { AppError } from '@sangha/errors';
import type { Context, OrgContext } from './context.ts';
import { type Grants, parseGrants } from './grants.ts';
import { parseOrgId } from './org-id.ts';
import { isAppScope, isRole, isTokenScope, type Scope } from './roles.ts';

/** The header `typ` of a signed context, so that no other JWS signed with the same key can pass for one. */
export const contextType = 'sangha-context+jwt';
/** Seconds that a signed context lives. */
export const lifetimeSecs = 60;
/** The longest text that is signed or read: twice what the largest grants need, below gRPC's 64 KiB of metadata. */
export const maxContextLength = 49_152;

const kinds: readonly string[] = ['session', 'api_token', 'external_app', 'service', 'platform'] satisfies OrgContext['kind'][];
const maxNameLength = 512;

/** The claims of sangha.identity.v1.ContextClaims without `aud`. */
export function claimsOf(context: Context): Record<string, string> {
  if (context.orgId === undefined) return { kind: context.kind };
  const claims: Record<string, string> = {
    kind: context.kind,
    org_id: context.orgId,
    user_id: context.userId,
    username: context.username,
    role: context.role,
  };
  if (context.scope !== undefined) claims.scope = context.scope;
  if (context.tokenId !== undefined) claims.token_id = context.tokenId;
  if (context.grants !== undefined) claims.grants = JSON.stringify(context.grants);
  return claims;
}

/**
 * The frozen context that claims stand for. Throws `context_invalid` for claims that no signer of ours makes:
 * a token or app without scope or grants would otherwise read as "everything the role allows".
 */
export function contextOf(claims: Record<string, unknown>): Context {
  const kind = claims.kind;
  if (typeof kind !== 'string' || !isKind(kind)) throw invalid('kind');
  if (kind === 'platform' && absent(claims.org_id)) {
    if (![claims.user_id, claims.role, claims.scope, claims.token_id, claims.grants].every(absent)) throw invalid('platform');
    return Object.freeze({ kind });
  }
  const role = textOf(claims, 'role');
  if (!isRole(role)) throw invalid('role');
  const scope = scopeOf(kind, optionalTextOf(claims, 'scope'));
  const tokenId = optionalTextOf(claims, 'token_id');
  if ((kind === 'api_token') !== (tokenId !== undefined)) throw invalid('token_id');
  const grants = grantsOf(kind, claims.grants);
  return Object.freeze({
    kind,
    orgId: orgIdOf(claims),
    userId: textOf(claims, 'user_id'),
    username: textOf(claims, 'username', 0),
    role,
    ...(scope === undefined ? {} : { scope }),
    ...(tokenId === undefined ? {} : { tokenId }),
    ...(grants === undefined ? {} : { grants }),
  });
}

export const invalid = (what: string, cause?: unknown) =>
  new AppError(
    'context_invalid',
    'The call carries no valid identity. Sign in again; if this repeats, the operator finds the reason in the log.',
    {
      cause: cause ?? new Error(`signed context: ${what}`),
    },
  );

function scopeOf(kind: OrgContext['kind'], scope: string | undefined): Scope | undefined {
  if (kind === 'api_token') {
    if (scope === undefined || !isTokenScope(scope)) throw invalid('scope of an API token');
    return scope;
  }
  if (kind === 'external_app') {
    if (scope === undefined || !isAppScope(scope)) throw invalid('scope of an app');
    return scope;
  }
  if (scope !== undefined) throw invalid(`scope of a ${kind}`);
  return undefined;
}

function grantsOf(kind: OrgContext['kind'], text: unknown): Grants | undefined {
  const needed = kind === 'api_token' || kind === 'external_app';
  if (absent(text) && !needed) return undefined;
  if (typeof text !== 'string' || !needed) throw invalid(`grants of a ${kind}`);
  try {
    return parseGrants(text);
  } catch (cause) {
    throw invalid('grants', cause);
  }
}

function orgIdOf(claims: Record<string, unknown>) {
  try {
    return parseOrgId(textOf(claims, 'org_id'));
  } catch (cause) {
    throw invalid('org_id', cause);
  }
}

function textOf(claims: Record<string, unknown>, name: string, least = 1): string {
  const value = claims[name];
  if (typeof value !== 'string' || value.length < least || value.length > maxNameLength) throw invalid(name);
  return value;
}

const optionalTextOf = (claims: Record<string, unknown>, name: string) =>
  absent(claims[name]) ? undefined : textOf(claims, name);
const absent = (value: unknown): boolean => value === undefined || value === '';
const isKind = (text: string): text is OrgContext['kind'] => kinds.includes(text);
