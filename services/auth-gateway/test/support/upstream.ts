import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface UpstreamCall {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly json: Record<string, unknown>;
  readonly res: ServerResponse;
  /** Resolves when the connection of this call is gone. */
  readonly closed: Promise<void>;
}

/** A provider: a real HTTP server whose answers the test writes. */
export async function startUpstream(answer: (call: UpstreamCall) => void | Promise<void>) {
  const calls: UpstreamCall[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const closed = new Promise<void>((resolve) => {
        res.on('close', resolve);
      });
      const call = {
        path: req.url ?? '',
        headers: req.headers,
        body,
        json: JSON.parse(body === '' ? '{}' : body) as Record<string, unknown>,
        res,
        closed,
      };
      calls.push(call);
      void answer(call);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const json = (res: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void => {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
};

export const sse = (res: ServerResponse): void => {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
};
