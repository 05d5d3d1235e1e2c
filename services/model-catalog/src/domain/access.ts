import { AppError } from '@sangha/errors';
import { type Context, isOrgContext, lowerRole, type OrgContext, type Role, roleAtLeast, scopeRole } from '@sangha/identity';
import type { Visibility } from './remote-model.ts';

/** Anyone acting inside an organisation. */
export function requireOrg(context: Context): OrgContext {
  if (!isOrgContext(context)) throw new AppError('forbidden', 'Models belong to an organisation. Say which one.');
  return context;
}

/** A service on its own behalf, or the platform operator, inside an organisation. */
export function requireService(context: Context): OrgContext {
  const org = requireOrg(context);
  if (org.kind !== 'service' && org.kind !== 'platform')
    throw new AppError('forbidden', 'Only a service of the platform may do this.');
  return org;
}

/** A signed-in person, or the operator. Tokens and apps never touch keys of other providers. */
export function requireSession(context: Context): OrgContext {
  const org = requireOrg(context);
  if (!isSession(org)) throw new AppError('forbidden', 'Only a signed-in person may do this. Sign in with a browser.');
  return org;
}

export const isSession = ({ kind }: OrgContext): boolean => kind === 'session' || kind === 'platform';

/** What the asker may do: the role, lowered to what its token or app was allowed. */
export const effectiveRole = ({ role, scope }: OrgContext): Role =>
  scope === undefined ? role : lowerRole(role, scopeRole(scope));

/** @throws AppError insufficient_role, insufficient_scope */
export function checkMayWrite(org: OrgContext, visibility: Visibility): void {
  const needed: Role = visibility === 'org' ? 'resource_power_user' : 'resource_user';
  if (roleAtLeast(effectiveRole(org), needed)) return;
  const code = roleAtLeast(org.role, needed) ? 'insufficient_scope' : 'insufficient_role';
  throw new AppError(
    code,
    visibility === 'org'
      ? 'Sharing in the organisation needs the role resource_power_user.'
      : 'This needs the role resource_user.',
  );
}

/**
 * A visible row may be changed by its owner, a shared one by managers as well.
 * @throws AppError insufficient_role
 */
export function checkMayChange(org: OrgContext, row: { userId: string; visibility: string }): void {
  checkMayWrite(org, row.visibility === 'org' ? 'org' : 'private');
  if (!mayChange(org, row)) {
    throw new AppError(
      'insufficient_role',
      'Only its owner or a manager can change what is shared. Make a copy of your own instead.',
    );
  }
}

/** Its owner, and of what is shared a manager. */
export const mayChange = (org: OrgContext, row: { userId: string }): boolean =>
  row.userId === org.userId || roleAtLeast(effectiveRole(org), 'resource_manager');
