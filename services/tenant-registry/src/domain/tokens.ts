import { AppError } from '@sangha/errors';
import {
  isTokenScope,
  lowerRole,
  noGrants,
  parseGrants,
  type Role,
  roleAtLeast,
  scopeRole,
  type TokenScope,
} from '@sangha/identity';
import { parseText } from './text.ts';
import { parseInstant } from './usage.ts';

export type TokenStatus = 'active' | 'inactive';

/** @throws AppError invalid_value, insufficient_scope when the scope is above the owner's role */
export function parseTokenScope(text: string, owner: Role): TokenScope {
  if (!isTokenScope(text))
    throw new AppError('invalid_value', 'scope is scope_token_user or scope_token_power_user.', { param: 'scope' });
  if (!roleAtLeast(owner, scopeRole(text)))
    throw new AppError('insufficient_scope', 'A token can do no more than its owner. Choose a lower scope.', { param: 'scope' });
  return text;
}

export const parseTokenName = (text: string): string => parseText(text, 'name', 1, 100);

/** Empty means never. @throws AppError invalid_value */
export function parseExpiry(text: string, now: Date): Date | null {
  if (text === '') return null;
  const expiry = parseInstant(text, 'expires_at');
  if (expiry <= now)
    throw new AppError('invalid_value', 'expires_at lies in the past. Choose a later time, or none.', { param: 'expires_at' });
  return expiry;
}

/** @throws AppError invalid_value */
export function parseTokenStatus(text: string): TokenStatus {
  if (text !== 'active' && text !== 'inactive')
    throw new AppError('invalid_value', 'status is active or inactive.', { param: 'status' });
  return text;
}

/**
 * The stored form of grants. Empty text is the default, which allows nothing: a token whose maker forgot to say what it
 * may use must not be able to use everything.
 * @throws AppError invalid_value
 */
export function parseTokenGrants(text: string): string {
  return JSON.stringify(text === '' ? noGrants : parseGrants(text));
}

/** A token as it was found with its owner's role now; times in ms since 1970. */
export interface StoredToken {
  role: string;
  scope: string;
  status: string;
  grants: string;
  expires_ms: number | null;
}

/**
 * What a found token may do now.
 * @param nowMs ms since 1970
 * @returns its scope, lowered to what its owner may still do
 * @throws AppError token_invalid (unknown, or not usable as it is stored), token_revoked, token_expired
 */
export function checkToken(token: StoredToken | undefined, nowMs: number): TokenScope {
  // One answer for everything that could tell a stranger whether something exists.
  if (token === undefined) throw invalidToken();
  if (token.status !== 'active') throw new AppError('token_revoked', 'This API token is switched off. Use another one.');
  if (token.expires_ms !== null && token.expires_ms <= nowMs)
    throw new AppError('token_expired', 'This API token has expired. Create a new one.');
  refuseMalformed(token.grants);
  return lowerScope(token.scope as TokenScope, token.role as Role);
}

function lowerScope(scope: TokenScope, owner: Role): TokenScope {
  const role = lowerRole(scopeRole(scope), owner);
  if (roleAtLeast(role, 'resource_power_user')) return 'scope_token_power_user';
  if (roleAtLeast(role, 'resource_user')) return 'scope_token_user';
  throw invalidToken();
}

function refuseMalformed(grants: string): void {
  try {
    parseGrants(grants);
  } catch (cause) {
    throw invalidToken(cause);
  }
}

const invalidToken = (cause?: unknown): AppError => new AppError('token_invalid', 'This API token is not valid.', { cause });
