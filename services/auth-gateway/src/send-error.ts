import type { IncomingMessage } from 'node:http';
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
  const isUploading = !req.complete && Number(req.headers['content-length'] ?? Infinity) > 64 * 1024 && req.method !== 'GET';
  if (isUploading) headers.push('connection', 'close');
  res.writeHead(httpStatusOf(error.code), headers);
  if (!isUploading) {
    res.end(body);
    return;
  }
  res.write(body);
  afterUpload(req, () => res.end());
}

const lingerBytes = 32 * 1024 * 1024;
const lingerMs = 2000;

/**
 * What is left of a refused upload is thrown away for a while before the connection closes: a caller that is still writing
 * would meet a reset and never read why it was refused. Bounded, so that nobody makes us swallow more.
 */
function afterUpload(req: IncomingMessage, close: () => void): void {
  let left = lingerBytes;
  const timer = setTimeout(end, lingerMs);
  function end(): void {
    clearTimeout(timer);
    req.off('data', discard).off('end', end).off('close', end);
    close();
  }
  function discard(chunk: Buffer): void {
    left -= chunk.length;
    if (left < 0) end();
  }
  req.on('data', discard).on('end', end).on('close', end);
}
