import { hash, timingSafeEqual } from 'node:crypto';
import { AppError, toAppError } from '@sangha/errors';
import { parseToken } from '@sangha/identity';
import type { GatewayConfig } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import { groups } from '../route.ts';
import type { Router } from '../router.ts';
import { checkAccess } from './access.ts';
import { canonicalLocation } from './canonical-location.ts';
import type { DirectoryCache, TokenRecord } from './directory.ts';
import { hostSlug } from './host-slug.ts';
import type { createLimits } from './limits.ts';
import { answerPreflight } from './preflight.ts';
import { readCredential } from './read-credential.ts';
import { refuseRepeatedHeaders } from './refuse-repeated-headers.ts';
import { organizationHeader, stripIdentityHeaders } from './strip-identity-headers.ts';
import { trustedPeers } from './trusted-peer.ts';

export interface PipelineParts {
  config: GatewayConfig;
  router: Router;
  directory: DirectoryCache;
  limits: ReturnType<typeof createLimits>;
  /** Milliseconds since 1970. */
  clock: () => number;
}

/** A rule went as far as to answer; nothing may follow. */
const answered = Symbol('answered');

/**
 * One rule on the way of a request. It throws to refuse, answers nothing to let pass. A rule that has to wait answers a
 * promise, which happens only when a cache is cold: a warm request runs through all of them in one go.
 */
type Rule = (exchange: Exchange) => undefined | typeof answered | Promise<undefined>;

/**
 * What stands between a stranger and a handler, in order. `done` runs when every rule let the request pass, `refuse` when one
 * threw; neither runs when a rule answered by itself.
 */
export function createPipeline(parts: PipelineParts) {
  const rules: readonly Rule[] = [
    refuseRepeated, //          no header that two readers could read differently
    stripIdentity(parts), //    what strangers say about identity is gone
    redirectToCanonical(parts), // browsers use one address
    matchRoute(parts), //       everything below is decided on this route
    preflight, //               CORS by the route's group
    readOneCredential, //       one text, whichever header brought it
    nameOrganization(parts), // by host or trusted proxy, looked up exactly
    authenticate(parts), //     the text becomes a principal of one organisation
    demandActive, //            suspended organisations are closed
    authorize(parts), //        the route's group against role and scope
    loadSettings(parts), //     the organisation's limits
    limit(parts), //            requests per minute, requests at once
  ];

  return function run(
    exchange: Exchange,
    done: (exchange: Exchange) => void,
    refuse: (exchange: Exchange, error: AppError) => void,
  ): void {
    step(0);

    function step(from: number): void {
      try {
        for (let index = from; index < rules.length; index += 1) {
          const outcome = (rules[index] as Rule)(exchange);
          if (outcome === undefined) continue;
          if (outcome === answered) return;
          outcome.then(
            () => step(index + 1),
            (error: unknown) => refuse(exchange, toAppError(error)),
          );
          return;
        }
      } catch (error) {
        refuse(exchange, toAppError(error));
        return;
      }
      done(exchange);
    }
  };
}

const refuseRepeated: Rule = ({ req }) => {
  refuseRepeatedHeaders(req.rawHeaders);
  return undefined;
};

const stripIdentity = ({ config }: PipelineParts): Rule => {
  const isTrusted = trustedPeers(config.trustedProxies);
  return ({ req }) => {
    stripIdentityHeaders(req, isTrusted(req.socket.remoteAddress));
    return undefined;
  };
};

const redirectToCanonical = ({ config }: PipelineParts): Rule => {
  if (!config.canonicalRedirect) return () => undefined;
  return ({ req, res, requestId }) => {
    const location = canonicalLocation(req, config);
    if (location === undefined) return undefined;
    res.writeHead(301, ['location', location, 'x-request-id', requestId, 'content-length', '0']).end();
    return answered;
  };
};

const matchRoute =
  ({ router }: PipelineParts): Rule =>
  (exchange) => {
    router(exchange);
    return undefined;
  };

const preflight: Rule = (exchange) => (answerPreflight(exchange) ? answered : undefined);

const readOneCredential: Rule = (exchange) => {
  exchange.credential = readCredential(exchange.req.headers);
  return undefined;
};

const nameOrganization =
  ({ config, directory }: PipelineParts): Rule =>
  (exchange) => {
    const { headers } = exchange.req;
    // Only a trusted proxy's header is still there.
    const slug = (headers[organizationHeader] as string | undefined) ?? hostSlug(headers.host, config.orgDomain);
    if (slug === undefined) return undefined;
    const held = directory.peekOrganization(slug);
    if (held !== undefined) {
      exchange.hostOrganization = held;
      return undefined;
    }
    return directory.loadOrganization(slug).then((found) => {
      if (found === undefined || found.status === 'deleted') {
        throw new AppError('org_not_found', 'There is no organisation at this address. Check its spelling.');
      }
      exchange.hostOrganization = found;
      return undefined;
    });
  };

const authenticate = ({ config, directory, clock }: PipelineParts): Rule => {
  const platformDigest = config.platformKey === undefined ? undefined : digest(config.platformKey);
  return (exchange) => {
    const { credential, route } = exchange;
    if (credential === undefined || route === undefined) return undefined;
    const { credential: wanted } = groups[route.group];
    if (wanted === 'none') return undefined;
    if (wanted === 'platform') {
      // Digests of equal length, so that the comparison tells nothing about the key, its length included.
      if (platformDigest === undefined || !timingSafeEqual(platformDigest, digest(credential))) {
        throw new AppError('token_invalid', 'This is not the platform key.');
      }
      exchange.isPlatform = true;
      return undefined;
    }
    if (isJwt(credential)) {
      throw new AppError(
        'token_invalid',
        'Access tokens of other applications are not accepted here. Use an API token (sk-bodhiapp_…).',
      );
    }
    const token = parseToken(credential);
    if (exchange.hostOrganization !== undefined && exchange.hostOrganization.clientId !== token.clientId)
      throw wrongOrganization();
    const held = directory.peekToken(token);
    if (held !== undefined) {
      admit(exchange, held);
      return undefined;
    }
    return directory.loadToken(token).then((record) => {
      if (record === undefined) throw new AppError('token_invalid', 'This API token is not known. Create a new one.');
      admit(exchange, record);
      return undefined;
    });
  };

  function admit(exchange: Exchange, record: TokenRecord): void {
    const { hostOrganization } = exchange;
    // The text named the organisation; this is what the directory says of the row behind it.
    if (hostOrganization !== undefined && hostOrganization.id !== record.principal.orgId) throw wrongOrganization();
    if (record.expiresAtMs <= clock()) throw new AppError('token_expired', 'This API token has expired. Create a new one.');
    if (record.orgStatus === 'deleted') throw new AppError('token_invalid', 'This API token is not known. Create a new one.');
    if (record.orgStatus !== 'active') throw suspended();
    exchange.principal = record.principal;
  }
};

const demandActive: Rule = ({ hostOrganization }) => {
  if (hostOrganization !== undefined && hostOrganization.status !== 'active') throw suspended();
  return undefined;
};

const authorize =
  ({ config }: PipelineParts): Rule =>
  (exchange) => {
    const { route, isPlatform } = exchange;
    if (route === undefined) throw new AppError('route_not_found', 'There is nothing here.');
    if (isPlatform) return undefined;
    exchange.principal = checkAccess(groups[route.group], exchange.principal, config);
    return undefined;
  };

const loadSettings =
  ({ directory }: PipelineParts): Rule =>
  (exchange) => {
    const { principal, route } = exchange;
    if (principal === undefined || route?.plane !== 'data') return undefined;
    exchange.settings = directory.peekSettings(principal.orgId);
    if (exchange.settings !== undefined) return undefined;
    return directory.loadSettings(principal.orgId).then((settings) => {
      exchange.settings = settings;
      return undefined;
    });
  };

const limit =
  ({ limits }: PipelineParts): Rule =>
  (exchange) => {
    const { principal, settings } = exchange;
    if (principal === undefined || settings === undefined) return undefined;
    const mine = limits.of(principal.orgId);
    mine.enter(settings);
    exchange.limits = mine;
    return undefined;
  };

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
const isJwt = (text: string): boolean => text.startsWith('eyJ') && text.split('.', 4).length === 3;

const wrongOrganization = (): AppError =>
  new AppError('wrong_organization', 'This credential belongs to another organisation. Use the address of your own one.');
const suspended = (): AppError =>
  new AppError('org_suspended', 'This organisation is suspended. Ask the operator of the platform.');
