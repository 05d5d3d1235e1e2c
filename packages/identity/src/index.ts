export { type Context, isOrgContext, type OrgContext, type PlatformContext } from './context.ts';
export { type ContextSigner, createContextSigner } from './context-signer.ts';
export { type ContextVerifier, createContextVerifier, type TrustedIssuer } from './context-verifier.ts';
export { allowsModel, type Grants, parseGrants } from './grants.ts';
export { isUlid, newUlid, type OrgId, parseOrgId } from './org-id.ts';
export { lowerRole, type Role, roleAtLeast, roles, type Scope, scopeRole, type TokenScope } from './roles.ts';
export { clientIdOf, hashToken, issueToken, parseToken, type ParsedToken } from './token-text.ts';
