/** The floor: node:http in front, undici behind, bytes passed through, nothing else. Prints its port. */
import { createServer } from 'node:http';
import { Pool } from 'undici';

const upstream = new Pool(process.argv[2] ?? '', { connections: 256, pipelining: 1 });
const server = createServer((request, response) => {
  upstream.dispatch(
    {
      method: request.method as 'POST',
      path: request.url ?? '/',
      headers: {
        'content-type': 'application/json',
        ...(request.headers['content-length'] ? { 'content-length': request.headers['content-length'] } : {}),
      },
      body: request,
    },
    {
      onRequestStart() {},
      onResponseStart(_controller, status, headers) {
        response.writeHead(status, {
          'content-type': headers['content-type'] as string,
          ...(headers['content-length'] ? { 'content-length': headers['content-length'] as string } : {}),
        });
      },
      onResponseData(controller, chunk) {
        if (!response.write(chunk)) {
          controller.pause();
          response.once('drain', () => controller.resume());
        }
      },
      onResponseEnd() {
        response.end();
      },
      onResponseError() {
        response.destroy();
      },
    },
  );
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
process.on('message', () => process.send?.(usageNow()));
process.on('disconnect', () => process.exit());

function usageNow() {
  return { cpuMicros: process.cpuUsage().user + process.cpuUsage().system, rssBytes: process.memoryUsage.rss() };
}
