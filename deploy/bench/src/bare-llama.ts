/**
 * The floor of inference: one process, node-llama-cpp's own loop over N sequences, tokens counted and thrown away.
 * Told over IPC how many streams to run; answers tokens per second and the time to the first token.
 */
import { getLlama, type LlamaContextSequence } from 'node-llama-cpp';
import { nonce } from './nonce.ts';

const [modelPath = '', sequences = '8', contextSize = '512'] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, progressLogs: false });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({
  contextSize: Number(contextSize),
  sequences: Number(sequences),
  batchSize: 512,
  threads: 1,
});
const slots = Array.from({ length: Number(sequences) }, () => context.getSequence());

interface Order {
  streams: number;
  tokens: number;
  prompt: string;
}

process.on('message', async ({ streams, tokens, prompt }: Order) => {
  const startedAt = performance.now();
  const firsts = await Promise.all(
    slots.slice(0, streams).map((slot, index) => generate(slot, `${index} ${nonce()} ${prompt}`, tokens, startedAt)),
  );
  const secs = (performance.now() - startedAt) / 1000;
  process.send?.({ tokensPerSec: (streams * tokens) / secs, firstTokenMs: Math.max(...firsts) });
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });

async function generate(slot: LlamaContextSequence, prompt: string, tokens: number, startedAt: number): Promise<number> {
  await slot.clearHistory();
  let first = 0;
  let count = 0;
  for await (const _token of slot.evaluate(model.tokenize(prompt), { temperature: 0, yieldEogToken: true })) {
    if (count++ === 0) first = performance.now() - startedAt;
    if (count === tokens) break;
  }
  return first;
}
