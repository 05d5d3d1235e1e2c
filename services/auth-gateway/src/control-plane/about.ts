import { effectiveRole } from '../pipeline/access.ts';
import type { Answer, ControlCall } from '../route.ts';
import type { ControlPlane } from './control-plane.ts';

/** `GET /bodhi/v1/info`: deployment facts, for anyone. */
export async function info({ config, directory }: ControlPlane, { exchange }: ControlCall): Promise<Answer> {
  const organization = exchange.hostOrganization ?? (await directory.loadOrganization(undefined));
  return {
    body: {
      version: config.version,
      status: organization === undefined ? 'setup' : 'ready',
      deployment: config.deployment,
      client_id: organization?.clientId ?? null,
      url: config.publicUrl,
    },
  };
}

/** `GET /bodhi/v1/user`: who asks, as far as a credential says. */
export function user(_plane: ControlPlane, { exchange }: ControlCall): Answer {
  const { principal } = exchange;
  if (principal === undefined) return { body: { auth_status: 'logged_out' } };
  const { kind, userId, username, role, scope } = principal;
  const about = { user_id: userId, username, role };
  if (kind === 'session') return { body: { auth_status: 'logged_in', ...about } };
  return { body: { auth_status: 'api_token', ...about, scope: scope ?? null, effective_role: effectiveRole(principal) } };
}
