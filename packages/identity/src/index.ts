export { type Context, isOrgContext, type OrgContext, type PlatformContext } from './context.ts';
export { type ContextSigner, type ContextSignerOptions, createContextSigner, generateContextKeys } from './context-signer.ts';
export {
  type ContextVerifier,
  type ContextVerifierOptions,
  createContextVerifier,
  type TrustedIssuer,
} from './context-verifier.ts';
export { allowsModel, allowsModelsList, type GrantList, type Grants, noGrants, parseGrants } from './grants.ts';
export { isUlid, newUlid, type OrgId, parseOrgId } from './org-id.ts';
export {
  type AppScope,
  isAppScope,
  isRole,
  isScope,
  isTokenScope,
  lowerRole,
  type Role,
  roleAtLeast,
  roles,
  type Scope,
  scopeRole,
  type TokenScope,
  tokenScopes,
} from './roles.ts';
export { clientIdOf, hashToken, issueToken, type ParsedToken, parseToken } from './token-text.ts';
