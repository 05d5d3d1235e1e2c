import { type AppError, toAppError } from '@sangha/errors';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { parseRequest } from '../data-plane/openai/parse-request.ts';
import { readBody } from '../data-plane/read-body.ts';
import { scanJson } from '../data-plane/scan-json.ts';
import type { Exchange } from '../exchange.ts';
import { stripIdentityTrailers } from '../pipeline/strip-identity-headers.ts';
import { type Answer, type ControlRoute, groups } from '../route.ts';
import type { ControlPlane } from './control-plane.ts';
import { refuseNul } from './refuse-nul.ts';
import { sendEvents } from './send-events.ts';

/** The exchange that the front opened for a request of Express. */
const exchanges = new WeakMap<object, Exchange>();

/**
 * The management API. The front has already matched and authorised the route; Express brings security headers and error
 * handling, and ends in the handler of that very route object, so no second matcher can come to another conclusion.
 */
export function createControlApp(
  plane: ControlPlane,
  fail: (exchange: Exchange, error: AppError) => void,
): (exchange: Exchange) => void {
  const { maxBodyBytes } = plane.config;
  const app: Express = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(helmet({ crossOriginResourcePolicy: false }));
  app.use(async (req: Request, res: Response) => {
    const exchange = exchangeOf(req);
    const route = exchange.route as ControlRoute;
    refuseNul(req.query);
    const query = route.query === undefined ? undefined : parseRequest(route.query, req.query);
    // A body that the route has no use for is not read: whoever may ask for nothing more must not make us hold anything.
    const body = route.body === undefined ? undefined : parseRequest(route.body, jsonBody(await bodyOf(req, maxBodyBytes)));
    stripIdentityTrailers(req);
    // Answered while the body was on its way: the credential was withdrawn.
    if (res.writableEnded) return;
    const work = new AbortController();
    exchange.abort = (reason) => work.abort(reason);
    const answer = await route.handler(plane, {
      exchange,
      requestId: exchange.requestId,
      params: exchange.params,
      query: query as never,
      body: body as never,
      signal: work.signal,
    });
    await send(res, route, answer, exchange, work.signal);
  });
  app.use((error: unknown, req: Request, _res: Response, _next: NextFunction) => {
    fail(exchangeOf(req), toAppError(error));
  });

  return (exchange) => {
    const { req, res, requestId, route } = exchange;
    exchanges.set(req, exchange);
    res.setHeader('x-request-id', requestId);
    if (route !== undefined && groups[route.group].cors === 'open') {
      res.setHeader('access-control-allow-origin', '*');
      res.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
    }
    app(req, res);
  };
}

async function send(res: Response, route: ControlRoute, answer: Answer, exchange: Exchange, signal: AbortSignal): Promise<void> {
  res.status(answer.status ?? route.status ?? 200);
  // What is managed here is nobody else's to keep.
  res.setHeader('cache-control', 'no-store');
  for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value);
  if (answer.events !== undefined) return sendEvents(exchange, answer.events, signal);
  if (answer.body === undefined) res.end();
  else res.json(answer.body);
}

const bodyOf = (req: Request, maxBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    readBody(req, maxBytes, (error, body) => (error === undefined ? resolve(body) : reject(error)));
  });

function jsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  // The scan refuses what JSON.parse would quietly settle: a key that appears twice.
  scanJson(bytes);
  const value: unknown = JSON.parse(bytes.toString());
  refuseNul(value);
  return value;
}

function exchangeOf(req: Request): Exchange {
  const exchange = exchanges.get(req);
  if (exchange === undefined) throw new Error('A request reached the management API without passing the front.');
  return exchange;
}
