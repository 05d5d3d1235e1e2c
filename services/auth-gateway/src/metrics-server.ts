import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from '@sangha/telemetry';

/** `/metrics` on a port of its own, which is not for the outside: labels name routes, never organisations' content. */
export function createMetricsServer(metrics: Registry): {
  listen(address: { host: string; port: number }): Promise<{ url: string }>;
  close(): Promise<void>;
} {
  const server = createServer((req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') {
      res.writeHead(404).end();
      return;
    }
    metrics.metrics().then(
      (text) => res.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => res.writeHead(500).end(),
    );
  });
  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          resolve({ url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}/metrics` });
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
