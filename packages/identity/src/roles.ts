/** Roles inside an organisation, lowest first. `resource_guest` is signed in but was given no role. */
export const roles = ['resource_guest', 'resource_user', 'resource_power_user', 'resource_manager', 'resource_admin'] as const;
export type Role = (typeof roles)[number];

/** What an API token was allowed. */
export const tokenScopes = ['scope_token_user', 'scope_token_power_user'] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** What a third-party app was allowed on a user's behalf. */
export const appScopes = ['scope_user_user', 'scope_user_power_user'] as const;
export type AppScope = (typeof appScopes)[number];

export type Scope = TokenScope | AppScope;

const rank: Record<Role, number> = {
  resource_guest: 0,
  resource_user: 1,
  resource_power_user: 2,
  resource_manager: 3,
  resource_admin: 4,
};

const standsFor: Record<Scope, Role> = {
  scope_token_user: 'resource_user',
  scope_token_power_user: 'resource_power_user',
  scope_user_user: 'resource_user',
  scope_user_power_user: 'resource_power_user',
};

export const isRole = (text: string): text is Role => Object.hasOwn(rank, text);
export const isScope = (text: string): text is Scope => Object.hasOwn(standsFor, text);
export const isTokenScope = (text: string): text is TokenScope => (tokenScopes as readonly string[]).includes(text);
export const isAppScope = (text: string): text is AppScope => (appScopes as readonly string[]).includes(text);

export const roleAtLeast = (role: Role, least: Role): boolean => rank[role] >= rank[least];

/** The role whose rights a scope stands for. */
export const scopeRole = (scope: Scope): Role => standsFor[scope];

/** The lower of two roles: a token of a demoted owner acts with `lowerRole(owner's role, scopeRole(scope))`. */
export const lowerRole = (one: Role, other: Role): Role => (rank[one] <= rank[other] ? one : other);
