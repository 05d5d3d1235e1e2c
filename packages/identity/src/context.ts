import type { Grants } from './grants.ts';
import type { OrgId } from './org-id.ts';
import type { Role, Scope } from './roles.ts';

/**
 * Who acts, inside which organisation. The only key to tenant rows (`database.withOrg`), cache entries and bus subjects.
 * A value: frozen, made by the gateway from a checked credential or by a service from a verified signed context.
 */
export interface OrgContext {
  readonly kind: 'session' | 'api_token' | 'external_app' | 'service' | 'platform';
  readonly orgId: OrgId;
  /** The subject at the identity provider; for `service` the service's name, for `platform` the word `platform`. */
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  /** What a token or app was allowed, never above the role. Sessions have none. */
  readonly scope?: Scope;
  readonly tokenId?: string;
  /** Models and toolsets that a token or app may use. Absent = everything the role allows (sessions, services, platform). */
  readonly grants?: Grants;
}

/** The platform operator, or a service doing platform work, outside every organisation. */
export interface PlatformContext {
  readonly kind: 'platform';
  readonly orgId?: undefined;
}

export type Context = OrgContext | PlatformContext;

export const isOrgContext = (context: Context): context is OrgContext => context.orgId !== undefined;
