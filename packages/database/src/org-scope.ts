import { isUlid, type OrgContext } from '@sangha/identity';

export interface ScopeStatement {
  /** Postgres prepares it under this name. */
  name: string;
  text: string;
  values: [orgId: string, userId: string];
}

/**
 * The one statement that binds a transaction to an organisation and its actor. The third argument of `set_config` makes it
 * end with the transaction; afterwards the same connection answers '' (not NULL), which is why policies use `nullif`.
 */
export const orgScope = (context: Pick<OrgContext, 'orgId' | 'userId'>): ScopeStatement => ({
  name: 'sangha_org_scope',
  text: "select set_config('app.org_id', $1, true), set_config('app.user_id', $2, true)",
  values: [context.orgId, context.userId],
});

/**
 * Refuses a context whose organisation is missing or malformed before any statement runs. Types promise it already; but to
 * Prisma `where: { orgId: undefined }` means every row, and on SQLite no second wall stands behind that.
 */
export function requireOrg(context: Pick<OrgContext, 'orgId'>): void {
  if (typeof context.orgId !== 'string' || !isUlid(context.orgId))
    throw new Error('A scope was opened without a valid organisation id.');
}
