import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asker } from '@sangha/e2e/api';
import { freshHome, removeHome, startNode } from '@sangha/e2e/node-process';
import { writeTinyGguf } from '@sangha/testkit/tiny-gguf';
import { childrenOf, residentBytesOf } from './process-figures.ts';
import { plainRow, type Row } from './report.ts';

/** Resident memory of the node when idle, and after rounds of loading a model, one answer, and unloading it (keep-alive 0). */
export async function benchMemory({ rounds }: { rounds: number }): Promise<Row[]> {
  const home = freshHome();
  await writeTinyGguf(join(home, 'tiny.gguf'));
  const startedAt = performance.now();
  const node = await startNode({
    home,
    args: ['--model', join(home, 'tiny.gguf')],
    env: { BODHI_MODEL_THREADS: '1', BODHI_KEEP_ALIVE_SECS: '0' },
  });
  try {
    const readyMs = performance.now() - startedAt;
    await sleep(2000);
    const idle = residentBytesOf(node.pid);
    const ask = asker(node.url, node.token);
    for (let round = 0; round < rounds; round++) {
      const reply = await ask('POST', '/v1/completions', { model: 'tiny', prompt: 'the way', max_tokens: 4 });
      if (reply.status !== 200) throw new Error(reply.text);
      for (let waited = 0; childrenOf(node.pid).length > 0; waited++) {
        if (waited > 200) throw new Error('The engine is still there 20 s after its last request.');
        await sleep(100);
      }
    }
    await sleep(1000);
    return [
      plainRow('first start of a node, with its databases', 'ms', readyMs),
      plainRow('resident memory, idle', 'MB', idle / 1e6),
      plainRow(`resident memory after ${rounds} rounds of load, answer, unload`, 'MB', residentBytesOf(node.pid) / 1e6),
      plainRow('engine processes left over', '', childrenOf(node.pid).length),
    ];
  } finally {
    await node.stop();
    removeHome(home);
  }
}
