import { AppError, toAppError } from '@sangha/errors';
import type { Exchange } from '../exchange.ts';
import { principalOf } from '../route.ts';
import type { DataPlane } from './data-plane.ts';
import { estimatedTokens } from './estimated-tokens.ts';
import { forwardToUpstream } from './forward-to-upstream.ts';
import type { PreparedLocal, PreparedTarget } from './prepared-target.ts';
import { readBody } from './read-body.ts';
import { type Member, memberOf, memberValue, type ScannedObject, scanJson } from './scan-json.ts';

/** One generating endpoint of a dialect. */
export interface Endpoint {
  /** What follows the base URL at a remote provider. */
  readonly upstreamPath: string;
  readonly streams: boolean;
  /** Answers from a model of ours. */
  readonly local: (plane: DataPlane, exchange: Exchange, work: LocalWork) => Promise<void>;
}

export interface LocalWork {
  readonly target: PreparedLocal;
  /** The request under which the alias's defaults were laid. Not yet checked. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly settle: Settle;
}

/** Says how many tokens were really used, once; later words count for nothing. Undefined = nobody knows, what was reserved stays spent. */
export type Settle = (used: number | undefined) => void;

/** The way of every generating request: read, scan, resolve, then to our runner or to the provider. Nothing waits unless it must. */
export function generation(endpoint: Endpoint): (plane: DataPlane, exchange: Exchange) => void {
  return (plane, exchange) => {
    readBody(exchange.req, plane.config.maxBodyBytes, (error, body) => {
      if (error !== undefined) return plane.fail(exchange, error);
      try {
        const object = scanJson(body);
        refuseAddress(object);
        const name = modelName(exchange, body, object);
        const target = plane.models.resolve(principalOf(exchange), name, exchange.requestId);
        if (!(target instanceof Promise)) return start(endpoint, plane, exchange, body, object, target);
        target
          .then((resolved) => start(endpoint, plane, exchange, body, object, resolved))
          .catch((thrown: unknown) => plane.fail(exchange, toAppError(thrown)));
      } catch (thrown) {
        plane.fail(exchange, toAppError(thrown));
      }
    });
  };
}

function start(
  endpoint: Endpoint,
  plane: DataPlane,
  exchange: Exchange,
  body: Buffer,
  object: ScannedObject,
  target: PreparedTarget,
): void {
  // The caller left while the name was resolved.
  if (exchange.res.destroyed || exchange.res.writableEnded) return;
  const reserved = reserveTokens(exchange, body, object);
  try {
    if (target.kind === 'remote') {
      forwardToUpstream(plane, exchange, { endpoint, target, body, object, reserved });
      return;
    }
  } catch (error) {
    exchange.limits?.settle(reserved, 0);
    throw error;
  }
  const request = { ...target.requestParams, ...(JSON.parse(body.toString()) as Record<string, unknown>) };
  const settle = settleOnce(exchange, reserved);
  endpoint.local(plane, exchange, { target, request, settle }).catch((thrown: unknown) => {
    settle(0);
    plane.fail(exchange, toAppError(thrown));
  });
}

function settleOnce({ limits }: Exchange, reserved: number): Settle {
  let settled = false;
  return (used) => {
    if (!settled) limits?.settle(reserved, used ?? reserved);
    settled = true;
  };
}

function modelName({ settings }: Exchange, body: Buffer, object: ScannedObject): string {
  const member = memberOf(object, 'model');
  const name = member === undefined ? settings?.defaultModel : memberValue(body, member);
  if (name === undefined || name === null || name === '') {
    throw new AppError('missing_field', 'Say which model: GET /v1/models lists what you can use.', { param: 'model' });
  }
  if (typeof name !== 'string') throw new AppError('invalid_value', 'model must be a text.', { param: 'model' });
  return name;
}

/** Proxies of other makes send the request, and the operator's key with it, to the server that it names. */
function refuseAddress(object: ScannedObject): void {
  const named = memberOf(object, 'base_url') ?? memberOf(object, 'api_base');
  if (named === undefined) return;
  throw new AppError('invalid_value', `${named.key}: where a model is reached is configured, not asked for. Leave it out.`, {
    param: named.key,
  });
}

function reserveTokens({ limits, settings }: Exchange, body: Buffer, object: ScannedObject): number {
  if (limits === undefined || settings === undefined || settings.tokensPerMinute === 0) return 0;
  const most = wholeNumber(body, memberOf(object, 'max_completion_tokens') ?? memberOf(object, 'max_tokens'));
  return limits.reserve(estimatedTokens(body.length) + most, settings);
}

function wholeNumber(body: Buffer, member: Member | undefined): number {
  const value = member === undefined ? 0 : memberValue(body, member);
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}
