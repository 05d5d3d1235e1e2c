import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** A step no longer than this lets neighbours generate in between and an abort be felt: work under way can't be withdrawn. */
const stepMs = 150;
const firstStep = 64;
const leastStep = 8;

/**
 * Evaluates `tokens` in steps sized by the measured speed, so that each takes about `stepMs` on any machine.
 * Returns how many were evaluated: fewer than all when `signal` aborted.
 */
export async function prefill(
  sequence: LlamaContextSequence,
  tokens: readonly Token[],
  { signal, mostPerStep, onStep }: { signal: AbortSignal; mostPerStep: number; onStep: () => void },
): Promise<number> {
  let step = Math.min(firstStep, mostPerStep);
  let done = 0;
  while (done < tokens.length && !signal.aborted) {
    const part = tokens.slice(done, done + step);
    const begun = performance.now();
    await sequence.evaluateWithoutGeneratingNewTokens(part);
    const perToken = (performance.now() - begun) / part.length;
    done += part.length;
    // At most twice as much as before: one lucky step says little.
    step = Math.max(leastStep, Math.min(wholeTiles(stepMs / perToken), step * 2, mostPerStep));
    onStep();
  }
  return done;
}

/** Matrix kernels work in tiles: a few tokens beyond one cost nearly as much as the next whole one. */
const wholeTiles = (tokens: number): number => (tokens < 16 ? Math.floor(tokens) : Math.floor(tokens / 16) * 16);
