import { type AppError, isAppError, typeOf } from '@sangha/errors';
import { type OrgId, parseToken } from '@sangha/identity';
import type { Logger } from '@sangha/telemetry';
import type { Exchange } from '../exchange.ts';
import { groups } from '../route.ts';
import { checkAccess } from './access.ts';
import { type DirectoryCache, type TokenRecord, usableToken } from './directory.ts';
import type { PipelineParts } from './rule.ts';

export interface EndWithdrawnParts extends Pick<PipelineParts, 'config' | 'clock'> {
  directory: DirectoryCache;
  log: Logger;
  /** What is being answered now. */
  open: () => readonly Exchange[];
  /** Answers an exchange on which nothing works yet. */
  refuse: (exchange: Exchange, error: AppError) => void;
}

/** Types that say something about a credential, and not about how its look-up went. */
const final: ReadonlySet<string> = new Set(['authentication_error', 'forbidden_error', 'not_found_error']);

/**
 * Judges again what an organisation has running, after something about it changed: a stream of hours must not outlive its token,
 * its owner's role or its organisation. What could not be found out ends nothing. Changes that come while it looks are looked at
 * together afterwards, so that no organisation can keep us busy by changing things.
 */
export function createEndWithdrawn(parts: EndWithdrawnParts): (orgId: OrgId) => void {
  /** Whether another look is due when this one ends. */
  const looking = new Map<OrgId, boolean>();

  async function look(orgId: OrgId): Promise<void> {
    try {
      do {
        looking.set(orgId, false);
        await judge(orgId);
      } while (looking.get(orgId) === true);
    } catch (err) {
      parts.log.error({ err, orgId }, 'what an organisation has running could not be judged again');
    } finally {
      looking.delete(orgId);
    }
  }

  async function judge(orgId: OrgId): Promise<void> {
    const byCredential = new Map<string, Exchange[]>();
    for (const exchange of parts.open()) {
      if (exchange.principal?.orgId !== orgId || exchange.credential === undefined || !canEnd(exchange)) continue;
      const same = byCredential.get(exchange.credential);
      if (same === undefined) byCredential.set(exchange.credential, [exchange]);
      else same.push(exchange);
    }
    await Promise.all([...byCredential].map(([credential, exchanges]) => judgeCredential(credential, exchanges)));
  }

  async function judgeCredential(credential: string, exchanges: readonly Exchange[]): Promise<void> {
    const found = await parts.directory.loadToken(parseToken(credential)).then(
      (record) => ({ record }),
      (error: unknown) => ({ error }),
    );
    for (const exchange of exchanges) {
      const reason = 'error' in found ? asReason(found.error) : withdrawn(exchange, found.record, parts);
      if (reason !== undefined && !exchange.res.writableEnded && !exchange.res.destroyed) end(exchange, reason);
    }
  }

  function end(exchange: Exchange, reason: AppError): void {
    if (exchange.abort !== undefined) exchange.abort(reason);
    else parts.refuse(exchange, reason);
  }

  return (orgId) => {
    if (looking.has(orgId)) looking.set(orgId, true);
    else void look(orgId);
  };
}

/**
 * An order to the management API that is being carried out is left to its end: it may be the one that withdrew its own credential,
 * and who gave it must learn how it went.
 */
const canEnd = ({ route, abort, res }: Exchange): boolean => route?.plane === 'data' || abort === undefined || res.headersSent;

/** Why the exchange would not be let in now. */
function withdrawn(
  { route }: Exchange,
  record: TokenRecord | undefined,
  { config, clock }: EndWithdrawnParts,
): AppError | undefined {
  try {
    const { principal } = usableToken(record, clock());
    if (route !== undefined) checkAccess(groups[route.group], principal, config);
    return undefined;
  } catch (error) {
    return asReason(error);
  }
}

const asReason = (error: unknown): AppError | undefined =>
  isAppError(error) && final.has(typeOf(error.code)) ? error : undefined;
