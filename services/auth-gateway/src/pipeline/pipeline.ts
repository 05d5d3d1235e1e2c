import { AppError, toAppError } from '@sangha/errors';
import type { Exchange } from '../exchange.ts';
import { groups } from '../route.ts';
import { checkAccess } from './access.ts';
import { authenticate } from './authenticate.ts';
import { canonicalLocation } from './canonical-location.ts';
import { nameOrganization } from './name-organization.ts';
import { answerPreflight } from './preflight.ts';
import { readCredential } from './read-credential.ts';
import { refuseRepeatedHeaders } from './refuse-repeated-headers.ts';
import { answered, type PipelineParts, type Rule } from './rule.ts';
import { stripIdentityHeaders } from './strip-identity-headers.ts';
import { suspended } from './suspended.ts';
import { trustedPeers } from './trusted-peer.ts';

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
            // Whoever left meanwhile must not take a place in the organisation's limits: nobody would give it back.
            () => exchange.res.destroyed || step(index + 1),
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
  // Probes are answered whatever their sender adds.
  if (exchange.route !== undefined && groups[exchange.route.group].credential === 'none') return undefined;
  exchange.credential = readCredential(exchange.req.headers);
  return undefined;
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
