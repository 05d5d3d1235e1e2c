import { asker } from '@sangha/e2e/api';
import { freshHome, removeHome, startNode } from '@sangha/e2e/node-process';
import { requests, streams, type Target } from './load.ts';
import { cpuMicrosOf, residentBytesOf } from './process-figures.ts';
import { type Row, ratioRow } from './report.ts';
import { interleaved } from './rounds.ts';
import { startSide } from './side-process.ts';

export interface Effort {
  rounds: number;
  requests: number;
  streams: number;
  framesPerStream: number;
  bigBodies: number;
}

/**
 * CPU of the gateway's process per request and per streamed frame, beside a bare node:http + undici pass-through, with one
 * mock provider behind both. The node runs with everything on: identity, grants, limits, metering, metrics.
 */
export async function benchGateway(effort: Effort): Promise<Row[]> {
  const upstream = await startSide<{ port: number }>('mock-upstream.ts');
  const origin = `http://127.0.0.1:${upstream.first.port}`;
  const bare = await startSide<{ port: number }>('bare-gateway.ts', [origin]);
  const home = freshHome();
  const node = await startNode({ home, env: { BODHI_UPSTREAM_ALLOWED_HOSTS: '127.0.0.1' } });
  try {
    const made = await asker(node.url, node.token)('POST', '/bodhi/v1/models/api', {
      name: 'bench',
      api_format: 'openai',
      base_url: `${origin}/v1`,
      models: ['bench'],
      visibility: 'org',
      api_key: { action: 'set', value: 'sk-bench' },
    });
    if (made.status !== 201) throw new Error(`The remote model could not be made: ${made.text}`);
    const floor: Side = {
      pid: bare.pid,
      target: { origin: `http://127.0.0.1:${bare.first.port}`, path: '/v1/chat/completions', headers: {} },
    };
    const ours: Side = {
      pid: node.pid,
      target: { origin: node.url, path: '/v1/chat/completions', headers: { authorization: `Bearer ${node.token}` } },
    };
    return await compare(floor, ours, effort);
  } finally {
    await node.stop();
    await bare.close();
    await upstream.close();
    removeHome(home);
  }
}

interface Side {
  pid: number;
  target: Target;
}

async function compare(floor: Side, ours: Side, effort: Effort): Promise<Row[]> {
  const message = { role: 'user', content: 'Tell me something about the history of lighthouses.' };
  const small = JSON.stringify({ model: 'bench', messages: [message], max_tokens: 50 });
  const big = JSON.stringify({
    model: 'bench',
    messages: [{ role: 'user', content: 'lighthouse '.repeat(36_000) }],
    max_tokens: 50,
  });
  const streaming = JSON.stringify({ model: 'bench', messages: [message], stream: true, max_tokens: effort.framesPerStream });
  const perRequest = (side: Side) => () =>
    cpuPer(side, effort.requests, () => requests(side.target, small, { total: effort.requests, connections: 64 }));
  const perFrame = (side: Side) => () =>
    cpuPer(side, effort.streams * effort.framesPerStream, () => streams(side.target, streaming, effort.streams));
  const perBigBody = (side: Side) => () =>
    cpuPer(side, effort.bigBodies, () => requests(side.target, big, { total: effort.bigBodies, connections: 8 }));

  // Both are warm before anything counts.
  for (const side of [floor, ours]) {
    await requests(side.target, small, { total: 2000, connections: 64 });
    await streams(side.target, streaming, 20);
  }
  const request = await interleaved({ floor: perRequest(floor), ours: perRequest(ours) }, effort.rounds);
  const frame = await interleaved({ floor: perFrame(floor), ours: perFrame(ours) }, effort.rounds);
  const body = await interleaved({ floor: perBigBody(floor), ours: perBigBody(ours) }, effort.rounds);
  const rss = { floor: residentBytesOf(floor.pid) / 1e6, ours: residentBytesOf(ours.pid) / 1e6 };
  return [
    ratioRow('gateway CPU per request', 'µs', request, { aim: '≤ 1.4 ×' }),
    ratioRow(`gateway CPU per streamed frame (${effort.streams} live streams)`, 'µs', frame, { aim: '≤ 1.4 ×' }),
    ratioRow('gateway CPU per 400 kB body', 'µs', body, {}),
    ratioRow('resident memory after that load (ours: all five services)', 'MB', { floor: [rss.floor], ours: [rss.ours] }, {}),
  ];
}

async function cpuPer({ pid }: Side, count: number, work: () => Promise<unknown>): Promise<number> {
  const before = cpuMicrosOf(pid);
  await work();
  return (cpuMicrosOf(pid) - before) / count;
}
