import type { OrgContext } from '@sangha/identity';
import type { Organization } from '../clients.ts';
import type { GatewayConfig } from '../config.ts';
import { effectiveRole } from '../pipeline/access.ts';
import type { Answer, ControlCall } from '../route.ts';
import type { ControlPlane } from './control-plane.ts';

/** `GET /bodhi/v1/info`: deployment facts, for anyone. */
export async function info({ config, directory }: ControlPlane, { exchange }: ControlCall): Promise<Answer> {
  const organization = exchange.hostOrganization ?? (await directory.loadOrganization(undefined));
  return { body: infoBody(config, organization) };
}

export const infoBody = (config: GatewayConfig, organization: Organization | undefined) => ({
  version: config.version,
  status: organization === undefined ? ('setup' as const) : ('ready' as const),
  deployment: config.deployment,
  client_id: organization?.clientId ?? null,
  url: config.publicUrl,
});

/** `GET /bodhi/v1/user`: who asks, as far as a credential says. */
export function user(_plane: ControlPlane, { exchange }: ControlCall): Answer {
  return { body: userBody(exchange.principal) };
}

export function userBody(principal: OrgContext | undefined) {
  if (principal === undefined) return { auth_status: 'logged_out' as const };
  const { kind, userId, username, role, scope } = principal;
  const about = { user_id: userId, username, role };
  if (kind === 'session') return { auth_status: 'logged_in' as const, ...about };
  return { auth_status: 'api_token' as const, ...about, scope: scope ?? null, effective_role: effectiveRole(principal) };
}
