import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of `host` that was free a moment ago: addresses of organisations name the port, so it must be known before anything listens. */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return address.port;
}
