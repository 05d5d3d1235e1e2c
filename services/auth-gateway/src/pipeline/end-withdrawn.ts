import { type AppError, isAppError, typeOf } from '@sangha/errors';
import { type OrgId, parseToken } from '@sangha/identity';
import type { Exchange } from '../exchange.ts';
import { groups } from '../route.ts';
import { checkAccess } from './access.ts';
import { type DirectoryCache, usableToken } from './directory.ts';
import type { PipelineParts } from './rule.ts';

/** Codes that say something about a credential, and not about how its look-up went. */
const final = new Set(['authentication_error', 'forbidden_error', 'not_found_error']);

/**
 * Judges again what an organisation has running, after something about it changed: a stream of hours must not outlive its token,
 * its owner's role or its organisation. What could not be found out ends nothing.
 */
export async function endWithdrawn(
  open: readonly Exchange[],
  orgId: OrgId,
  { directory, config, clock }: Pick<PipelineParts, 'config' | 'clock'> & { directory: DirectoryCache },
  refuse: (exchange: Exchange, error: AppError) => void,
): Promise<void> {
  const concerned = open.filter((exchange) => exchange.principal?.orgId === orgId && canEnd(exchange));
  await Promise.all(
    concerned.map(async (exchange) => {
      const reason = await withdrawn(exchange, { directory, config, clock });
      if (reason === undefined || exchange.res.writableEnded || exchange.res.destroyed) return;
      if (exchange.abort !== undefined) exchange.abort(reason);
      else refuse(exchange, reason);
    }),
  );
}

/**
 * An order to the management API that is being carried out is left to its end: it may be the one that withdrew its own credential,
 * and who gave it must learn how it went.
 */
const canEnd = ({ credential, route, abort, res }: Exchange): boolean =>
  credential !== undefined && (route?.plane === 'data' || abort === undefined || res.headersSent);

/** Why the exchange would not be let in now; the loads of one credential are one. */
async function withdrawn(
  { credential = '', route }: Exchange,
  { directory, config, clock }: Parameters<typeof endWithdrawn>[2],
): Promise<AppError | undefined> {
  try {
    const { principal } = usableToken(await directory.loadToken(parseToken(credential)), clock());
    if (route !== undefined) checkAccess(groups[route.group], principal, config);
    return undefined;
  } catch (error) {
    return isAppError(error) && final.has(typeOf(error.code)) ? error : undefined;
  }
}
