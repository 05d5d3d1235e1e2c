import { asker } from '@sangha/e2e/api';
import { freshHome, type NodeProcess, removeHome, startNode } from '@sangha/e2e/node-process';
import { packagedGemma } from '@sangha/e2e/packaged-gemma';
import { createParser } from 'eventsource-parser';
import { nonce } from './nonce.ts';
import { type Row, ratioRow } from './report.ts';
import { interleaved, median } from './rounds.ts';
import { startSide } from './side-process.ts';

const contextSize = 512;
const sequences = 8;
const prompt = 'Once upon a time there was a lighthouse at the end of the world, and in it lived';

interface Figures {
  tokensPerSec: number;
  firstTokenMs: number;
}

/**
 * Tokens per second through the whole stack (client over HTTP → gateway → runner → engine process) beside a bare
 * node-llama-cpp loop on the same model, both with one thread and the same context, for 1, 4 and 8 parallel streams.
 */
export async function benchInference({ rounds, tokens }: { rounds: number; tokens: number }): Promise<Row[]> {
  const model = await packagedGemma();
  const bare = await startSide<Figures>('bare-llama.ts', [model, String(sequences), String(contextSize)]);
  const home = freshHome();
  const node = await startNode({ home, args: ['--model', model], env: { BODHI_MODEL_THREADS: '1' } });
  try {
    await makeAlias(node);
    const rows: Row[] = [];
    const run = {
      floor: (streams: number, count: number) => bare.ask({ streams, tokens: count, prompt }),
      ours: (streams: number, count: number) => throughTheStack(node, streams, count),
    };
    // The first turns warm both: the model's pages, the code.
    for (const side of Object.values(run)) await side(sequences, 8);
    for (const streams of [1, 4, 8]) {
      const rate = await interleaved(
        {
          floor: async () => (await run.floor(streams, tokens)).tokensPerSec,
          ours: async () => (await run.ours(streams, tokens)).tokensPerSec,
        },
        rounds,
      );
      rows.push(ratioRow(`tokens per second, ${streams} stream${streams > 1 ? 's' : ''}`, 'tok/s', rate, { aim: '≥ 0.95 ×' }));
    }
    const first = await interleaved(
      { floor: async () => (await run.floor(1, 2)).firstTokenMs, ours: async () => (await run.ours(1, 2)).firstTokenMs },
      4 * rounds,
    );
    const added = median(first.ours) - median(first.floor);
    rows.push(ratioRow('time to the first token', 'ms', first, { aim: `added ${added.toFixed(1)} ms (aim ≤ 5)` }));
    return rows;
  } finally {
    await node.stop();
    await bare.close();
    removeHome(home);
  }
}

async function makeAlias(node: NodeProcess): Promise<void> {
  const made = await asker(node.url, node.token)('POST', '/bodhi/v1/models/alias', {
    alias: 'bench',
    repo: 'local',
    filename: 'gemma-3-270m-q4_k_m.gguf',
    visibility: 'org',
    context_params: { context_size: contextSize, sequences, batch_size: 512, threads: 1 },
  });
  if (made.status !== 201) throw new Error(`The alias could not be made: ${made.text}`);
}

async function throughTheStack(node: NodeProcess, streams: number, tokens: number): Promise<Figures> {
  const startedAt = performance.now();
  const firsts = await Promise.all(
    Array.from({ length: streams }, (_, index) => stream(node, `${index} ${nonce()} ${prompt}`, tokens, startedAt)),
  );
  const secs = (performance.now() - startedAt) / 1000;
  return { tokensPerSec: (streams * tokens) / secs, firstTokenMs: Math.max(...firsts) };
}

/** One completion as a client streams it; answers when its first text came. Throws when it brought another number of tokens. */
async function stream(node: NodeProcess, text: string, tokens: number, startedAt: number): Promise<number> {
  let first = 0;
  let counted: number | undefined;
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') return;
      const { choices, usage, error } = JSON.parse(data);
      if (error) throw new Error(error.message);
      if (first === 0 && choices[0]?.text) first = performance.now() - startedAt;
      counted = usage?.completion_tokens ?? counted;
    },
  });
  const response = await fetch(new URL('/v1/completions', node.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${node.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'bench',
      prompt: text,
      max_tokens: tokens,
      temperature: 0,
      ignore_eos: true,
      stream: true,
      stream_options: { include_usage: true },
    }),
  });
  if (!response.ok) throw new Error(await response.text());
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  if (counted !== tokens) throw new Error(`${counted} tokens came, not ${tokens}: the comparison would be false.`);
  return first;
}
