import { AppError } from '@sangha/errors';
import { type Context, isOrgContext, type OrgContext, type Role, roleAtLeast } from '@sangha/identity';

/** The platform operator, or a service doing platform work. No role inside an organisation replaces it. */
export function requirePlatform(context: Context): void {
  if (context.kind !== 'platform') throw new AppError('forbidden', 'Only the platform operator may do this.');
}

/** Anyone acting inside an organisation. */
export function requireOrg(context: Context): OrgContext {
  if (!isOrgContext(context)) throw new AppError('forbidden', 'This belongs to an organisation. Say which one.');
  return context;
}

/**
 * A signed-in person of at least this role, or the platform operator acting in the organisation.
 * Tokens and apps are refused whatever their role: they must not be able to widen themselves.
 */
export function requireManagement(context: Context, role: Role): OrgContext {
  const org = requireOrg(context);
  if (org.kind === 'platform') return org;
  return requireSession(org, role);
}

/** A signed-in person of at least this role; nobody else, also not the operator: what follows belongs to that person. */
export function requireSession(context: Context, role: Role): OrgContext {
  const org = requireOrg(context);
  if (org.kind !== 'session') throw new AppError('forbidden', 'Only a signed-in person may do this. Sign in with a browser.');
  if (!roleAtLeast(org.role, role))
    throw new AppError('insufficient_role', `This needs the role ${role}. Ask an administrator of your organisation.`);
  return org;
}
