import { AppError } from '@sangha/errors';
import { type Context, isOrgContext, lowerRole, type OrgContext, roleAtLeast, scopeRole } from '@sangha/identity';

/** Anyone acting inside an organisation. */
export function requireOrg(context: Context): OrgContext {
  if (!isOrgContext(context)) throw new AppError('forbidden', 'Downloads belong to an organisation. Say which one.');
  return context;
}

/** Someone who may bring files into the organisation. @throws AppError insufficient_role, insufficient_scope */
export function requirePowerUser(context: Context): OrgContext {
  const org = requireOrg(context);
  const role = org.scope === undefined ? org.role : lowerRole(org.role, scopeRole(org.scope));
  if (roleAtLeast(role, 'resource_power_user')) return org;
  const code = roleAtLeast(org.role, 'resource_power_user') ? 'insufficient_scope' : 'insufficient_role';
  throw new AppError(code, 'Downloading models needs the role resource_power_user. Ask an administrator of your organisation.');
}

/** The platform operator, acting in an organisation: reads files of this machine by their path. */
export function requireOperatorInOrg(context: Context): OrgContext {
  if (context.kind !== 'platform') throw new AppError('forbidden', 'Only the platform operator may add files of this machine.');
  return requireOrg(context);
}
