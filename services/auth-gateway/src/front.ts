import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AppError } from '@sangha/errors';
import type { Logger } from '@sangha/telemetry';
import { Exchange } from './exchange.ts';
import { createOpenExchanges } from './open-exchanges.ts';
import type { RequestMetrics } from './request-metrics.ts';

export interface FrontParts {
  /** Runs the pipeline and then the handler; never throws. */
  handle: (exchange: Exchange) => void;
  metrics: (open: () => number) => RequestMetrics;
  newRequestId: () => string;
  log: Logger;
  /** Milliseconds since 1970. */
  clock: () => number;
  closeGraceMs: number;
}

export interface Front {
  listen(address: { host: string; port: number }): Promise<string>;
  /** Stops accepting, lets answers end for `closeGraceMs`, then ends streams with their dialect's error. */
  close(): Promise<void>;
  /** What is being answered now. */
  open(): Exchange[];
}

/** After a stream was told to end, this long until its connection is cut. */
const cutAfterMs = 1000;

/** The HTTP server in front of both planes: it opens and closes exchanges, and knows nothing of what happens inside them. */
export function createFront({ handle, metrics, newRequestId, log, clock, closeGraceMs }: FrontParts): Front {
  const open = createOpenExchanges();
  let closing = false;
  const measured = metrics(() => open.size);
  const server = createServer(
    { keepAliveTimeout: 65_000, headersTimeout: 30_000, requestTimeout: 300_000, maxHeaderSize: 32 * 1024 },
    accept,
  );

  function accept(req: IncomingMessage, res: ServerResponse): void {
    const exchange = new Exchange(req, res, newRequestId(), clock());
    open.add(exchange);
    res.on('close', () => end(exchange));
    handle(exchange);
  }

  function end(exchange: Exchange): void {
    open.remove(exchange);
    const { res, limits, route, startedAtMs } = exchange;
    const left = !res.writableFinished;
    limits?.leave();
    if (left) exchange.abort?.(new AppError('cancelled', 'The caller left.'));
    const status = left ? 499 : res.statusCode;
    const durationMs = clock() - startedAtMs;
    measured.count(route, status, durationMs);
    if (log.isLevelEnabled('debug')) {
      const { requestId, principal, req } = exchange;
      log.debug({ requestId, orgId: principal?.orgId, method: req.method, route: route?.path, status, durationMs }, 'request');
    }
    // The connection is idle one step later.
    if (closing) setImmediate(() => server.closeIdleConnections());
  }

  return {
    listen: ({ host, port }) => listen(server, host, port),
    open: () => open.all(),
    async close() {
      closing = true;
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeIdleConnections();
      const ending = setTimeout(() => {
        for (const exchange of open.all())
          exchange.abort?.(new AppError('shutting_down', 'The platform is restarting. Try again.', { retryAfterSecs: 5 }));
      }, closeGraceMs);
      const cutting = setTimeout(() => server.closeAllConnections(), closeGraceMs + cutAfterMs);
      await closed;
      clearTimeout(ending);
      clearTimeout(cutting);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new AppError(
              'port_in_use',
              `Port ${port} is taken. Stop what listens there, or choose another with --port or BODHI_PORT.`,
              {
                cause,
              },
            )
          : cause,
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}
