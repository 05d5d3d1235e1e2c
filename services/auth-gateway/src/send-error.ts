import { type AppError, httpStatusOf, type PublicError, toPublicError } from '@sangha/errors';
import type { Exchange } from './exchange.ts';
import { headersFor } from './headers-for.ts';

/** The error as the management and OpenAI surface writes it (contract §4). */
export const errorBody = (error: AppError): { error: PublicError } => ({ error: toPublicError(error) });

/** Answers with the error; drops the connection when an answer has already begun and can't be taken back. */
export function sendError(exchange: Exchange, error: AppError): void {
  const { req, res } = exchange;
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const body = JSON.stringify(errorBody(error));
  const headers = headersFor(exchange, 'application/json; charset=utf-8');
  headers.push('content-length', String(Buffer.byteLength(body)), 'cache-control', 'no-store');
  if (error.code === 'method_not_allowed' && error.params?.allow !== undefined) headers.push('allow', String(error.params.allow));
  if (error.retryAfterSecs !== undefined) headers.push('retry-after', String(Math.max(1, Math.ceil(error.retryAfterSecs))));
  if (httpStatusOf(error.code) === 401) headers.push('www-authenticate', 'Bearer realm="sangha"');
  // What is left of an upload is not worth reading: without this the server would swallow all of it.
  if (!req.complete && Number(req.headers['content-length'] ?? Infinity) > 64 * 1024 && req.method !== 'GET')
    headers.push('connection', 'close');
  res.writeHead(httpStatusOf(error.code), headers);
  res.end(body);
}
