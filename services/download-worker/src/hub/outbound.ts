import type { Readable } from 'node:stream';
import { AppError, isAppError } from '@sangha/errors';
import { Agent } from 'undici';
import { type AddressPolicy, guardedConnector, isTrustedHost } from './address-policy.ts';

export interface OutboundRequest {
  method: 'GET' | 'HEAD';
  headers?: Record<string, string>;
  /** Sent to this origin and to no other, wherever redirects lead. */
  credential: { origin: string; token: string } | undefined;
  /** Follow redirects to other origins too; otherwise their answer is returned as it is. */
  leaveOrigin: boolean;
  signal: AbortSignal;
}

export interface OutboundAnswer {
  status: number;
  headers: Record<string, string | undefined>;
  body: Readable;
}

export interface Outbound {
  request(url: URL, request: OutboundRequest): Promise<OutboundAnswer>;
  close(): Promise<void>;
}

export interface OutboundOptions extends AddressPolicy {
  connectTimeoutMs?: number;
  headersTimeoutMs?: number;
  /** Between two pieces of a body. */
  bodyTimeoutMs?: number;
}

const maxRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/** HTTP to strangers: checked addresses, https, redirects by hand, no decompression, a limit on every wait. */
export function createOutbound(options: OutboundOptions): Outbound {
  const { connectTimeoutMs = 10_000, headersTimeoutMs = 20_000, bodyTimeoutMs = 30_000 } = options;
  const agent = new Agent({
    connect: guardedConnector(options, connectTimeoutMs),
    headersTimeout: headersTimeoutMs,
    bodyTimeout: bodyTimeoutMs,
    connections: 32,
  });

  async function once(url: URL, { method, headers, credential, signal }: OutboundRequest): Promise<OutboundAnswer> {
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isTrustedHost(options, url)))
      throw new AppError(
        'address_refused',
        `The hub points to ${url.protocol}//${url.host}, and only https is allowed. The operator can allow this host if it is meant.`,
      );
    const answer = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: {
        'user-agent': 'sangha-download-worker',
        // Model files don't compress, and an answer that inflates could fill the memory.
        'accept-encoding': 'identity',
        ...headers,
        ...(credential !== undefined && credential.origin === url.origin ? { authorization: `Bearer ${credential.token}` } : {}),
      },
      signal,
    });
    return { status: answer.statusCode, headers: singleValues(answer.headers), body: answer.body };
  }

  return {
    async request(first, request) {
      let url = first;
      for (let hop = 0; hop <= maxRedirects; hop++) {
        const answer = await once(url, request).catch((error: unknown) => {
          throw asUnreachable(error, url, request.signal);
        });
        const next = redirects.has(answer.status) ? URL.parse(answer.headers.location ?? '', url.href) : null;
        if (next === null || (!request.leaveOrigin && next.origin !== url.origin)) return checkedEncoding(answer, url);
        answer.body.on('error', () => undefined).destroy();
        url = next;
      }
      throw new AppError('hub_unreachable', `The hub redirects in circles (${first.host}). Try again later.`);
    },
    close: () => agent.destroy(),
  };
}

function checkedEncoding(answer: OutboundAnswer, url: URL): OutboundAnswer {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return answer;
  answer.body.on('error', () => undefined).destroy();
  throw new AppError(
    'upstream_failed',
    `${url.host} sent compressed data although plain data was asked for. Check the proxy between here and the hub.`,
  );
}

/** What went wrong on the way, as `hub_unreachable`; refusals of ours and aborts stay what they are. */
export function asUnreachable(error: unknown, url: URL, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const own = appErrorIn(error);
  if (own !== undefined) return own;
  return new AppError(
    'hub_unreachable',
    `The hub can't be reached (${url.host}). Check the network of this machine, then retry.`,
    { cause: error },
  );
}

function appErrorIn(error: unknown): AppError | undefined {
  if (isAppError(error)) return error;
  if (error instanceof AggregateError) return error.errors.map(appErrorIn).find((found) => found !== undefined);
  return error instanceof Error && error.cause !== undefined ? appErrorIn(error.cause) : undefined;
}

const singleValues = (headers: Record<string, string | string[] | undefined>): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
