import { Agent, request as httpRequest } from 'node:http';

export interface Target {
  origin: string;
  path: string;
  headers: Record<string, string>;
}

/** `total` requests over `connections` kept-alive connections; answers when all are done. Throws on the first that is not 200. */
export async function requests(
  target: Target,
  body: string,
  { total, connections }: { total: number; connections: number },
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let started = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (started++ < total) await exchange(target, body, agent);
    }),
  );
  agent.destroy();
}

/** `count` streams at once; answers the number of frames received when all ended. */
export async function streams(target: Target, body: string, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  let frames = 0;
  await Promise.all(
    Array.from({ length: count }, () => exchange(target, body, agent, (text) => (frames += occurrences(text, 'data: ')))),
  );
  agent.destroy();
  return frames;
}

function exchange({ origin, path, headers }: Target, body: string, agent: Agent, onText?: (text: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      new URL(path, origin),
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (onText) onText(chunk);
          else text += chunk;
        });
        response.on('error', reject);
        response.on('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode}: ${text.slice(0, 300)}`)),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}
