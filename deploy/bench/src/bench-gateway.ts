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
 * CPU per request and per streamed frame beside a bare node:http + undici pass-through, with one mock provider behind all:
 * of the gateway in a process of its own, and of a whole node, whose one process also keeps the ledger on disk.
 * Everything is on: identity, grants, limits, metering, metrics.
 */
export async function benchGateway(effort: Effort): Promise<Row[]> {
  const upstream = await startSide<{ port: number }>('mock-upstream.ts');
  const origin = `http://127.0.0.1:${upstream.first.port}`;
  const bare = await startSide<{ port: number }>('bare-gateway.ts', [origin]);
  const lone = await startSide<{ port: number; token: string }>('lone-gateway.ts', [origin]);
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
    const path = '/v1/chat/completions';
    const sides = {
      floor: { pid: bare.pid, target: { origin: `http://127.0.0.1:${bare.first.port}`, path, headers: {} } },
      gateway: {
        pid: lone.pid,
        target: { origin: `http://127.0.0.1:${lone.first.port}`, path, headers: { authorization: `Bearer ${lone.first.token}` } },
      },
      node: { pid: node.pid, target: { origin: node.url, path, headers: { authorization: `Bearer ${node.token}` } } },
    };
    return await compare(sides, effort);
  } finally {
    await node.stop();
    await bare.close();
    await lone.close();
    await upstream.close();
    removeHome(home);
  }
}

interface Side {
  pid: number;
  target: Target;
}

type Sides = Record<'floor' | 'gateway' | 'node', Side>;

async function compare(sides: Sides, effort: Effort): Promise<Row[]> {
  const message = { role: 'user', content: 'Tell me something about the history of lighthouses.' };
  const small = JSON.stringify({ model: 'bench', messages: [message], max_tokens: 50 });
  const big = JSON.stringify({
    model: 'bench',
    messages: [{ role: 'user', content: 'lighthouse '.repeat(36_000) }],
    max_tokens: 50,
  });
  const streaming = JSON.stringify({ model: 'bench', messages: [message], stream: true, max_tokens: effort.framesPerStream });
  const { requests: total, streams: count, framesPerStream, bigBodies } = effort;

  // All are warm before anything counts.
  for (const side of Object.values(sides)) {
    await requests(side.target, small, { total: 4000, connections: 64 });
    await streams(side.target, streaming, 50);
  }
  const request = await turns(sides, effort.rounds, (side) =>
    cpuPer(side, total, () => requests(side.target, small, { total, connections: 64 })),
  );
  const frame = await turns(sides, effort.rounds, (side) =>
    cpuPer(side, count * framesPerStream, () => streams(side.target, streaming, count)),
  );
  const body = await turns(sides, effort.rounds, (side) =>
    cpuPer(side, bigBodies, () => requests(side.target, big, { total: bigBodies, connections: 8 })),
  );
  const megabytes = (side: Side) => [residentBytesOf(side.pid) / 1e6];
  const rows = (what: string, figures: Record<keyof Sides, number[]>, aim: string): Row[] => [
    ratioRow(`${what}, gateway alone`, 'µs', { floor: figures.floor, ours: figures.gateway }, { aim }),
    ratioRow(`${what}, whole node`, 'µs', { floor: figures.floor, ours: figures.node }, {}),
  ];
  return [
    ...rows('CPU per request', request, '≤ 1.4 ×'),
    ...rows(`CPU per streamed frame (${count} live streams)`, frame, '≤ 1.4 ×'),
    ...rows('CPU per 400 kB body', body, ''),
    ratioRow(
      'resident memory after that load, gateway alone',
      'MB',
      { floor: megabytes(sides.floor), ours: megabytes(sides.gateway) },
      {},
    ),
    ratioRow(
      'resident memory after that load, whole node',
      'MB',
      { floor: megabytes(sides.floor), ours: megabytes(sides.node) },
      {},
    ),
  ];
}

const turns = (sides: Sides, rounds: number, measure: (side: Side) => Promise<number>) =>
  interleaved(
    { floor: () => measure(sides.floor), gateway: () => measure(sides.gateway), node: () => measure(sides.node) },
    rounds,
  );

/** CPU of the side's process while the work runs, its part of what it left for later included as far as it came to it. */
async function cpuPer({ pid }: Side, count: number, work: () => Promise<unknown>): Promise<number> {
  const before = cpuMicrosOf(pid);
  await work();
  return (cpuMicrosOf(pid) - before) / count;
}
