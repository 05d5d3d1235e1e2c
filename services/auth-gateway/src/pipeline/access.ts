import { AppError } from '@sangha/errors';
import { lowerRole, type OrgContext, roleAtLeast, scopeRole } from '@sangha/identity';
import type { Group } from '../route.ts';

/**
 * Lets the asker pass into a group, or refuses with the reason. Answers who acts from here on: the asker, or, under
 * `sessionlessAdministration`, the owner of an unrestricted token as if signed in.
 * The contract's table (§2) as a pure function; the access matrix test walks all of it.
 */
export function checkAccess(
  group: Group,
  asker: OrgContext | undefined,
  options: { sessionlessAdministration: boolean },
): OrgContext | undefined {
  switch (group.credential) {
    case 'none':
    case 'optional':
      return asker;
    case 'platform':
      throw new AppError('credential_missing', "This is the platform operator's door. Send the platform key as bearer token.");
    case 'any':
      return demandRole(group, demandAsker(asker));
    case 'session': {
      const known = demandAsker(asker);
      if (known.kind === 'session') return demandRole(group, known);
      if (!options.sessionlessAdministration) {
        throw new AppError('forbidden', 'Only a signed-in person may do this. Sign in with a browser.');
      }
      return demandRole(group, asSession(known));
    }
  }
}

/** What the asker may do: the owner's role, narrowed by what the token or app was allowed. */
export const effectiveRole = ({ role, scope }: OrgContext) => (scope === undefined ? role : lowerRole(role, scopeRole(scope)));

function demandAsker(asker: OrgContext | undefined): OrgContext {
  if (asker === undefined) throw new AppError('credential_missing', 'Send an API token: "Authorization: Bearer sk-bodhiapp_…".');
  return asker;
}

function demandRole(group: Group, asker: OrgContext): OrgContext {
  if (!roleAtLeast(asker.role, group.role)) {
    throw new AppError('insufficient_role', `This needs the role ${group.role}. Ask an administrator of your organisation.`);
  }
  if (!roleAtLeast(effectiveRole(asker), group.role)) {
    throw new AppError('insufficient_scope', 'The token was made for less than this. Create one with a wider scope.');
  }
  return asker;
}

/** A token that may use everything stands for its owner. A restricted one must not: it could make itself a wider one. */
function asSession(asker: OrgContext): OrgContext {
  const { kind, scope, grants, orgId, userId, username, role } = asker;
  if (kind !== 'api_token' || scope !== 'scope_token_power_user') {
    throw new AppError('insufficient_scope', 'Administration by API token needs one of scope scope_token_power_user.');
  }
  if (
    grants === undefined ||
    grants.models.type !== 'all' ||
    grants.toolsets.type !== 'all' ||
    !grants.models_list ||
    !grants.toolsets_list
  ) {
    throw new AppError('insufficient_scope', 'Administration by API token needs one that is granted all models and toolsets.');
  }
  return Object.freeze({ kind: 'session', orgId, userId, username, role });
}
