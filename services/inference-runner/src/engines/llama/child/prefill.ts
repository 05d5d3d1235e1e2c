import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** Work under way can't be withdrawn: a step no longer than this is when an abort is felt (250 ms at most) and neighbours generate. */
const stepMs = 200;
const firstStep = 64;
const leastStep = 8;

/**
 * Evaluates `tokens` in steps sized by the measured speed, so that each takes about `stepMs` on any machine, and leaves the
 * last step to the evaluation that generates: a pass of its own for it would cost as much as a token or more.
 * Returns how many were evaluated; what is left, at least one, is one step, or more when `signal` aborted.
 */
export async function prefill(
  sequence: LlamaContextSequence,
  tokens: readonly Token[],
  { signal, mostPerStep, onStep }: { signal: AbortSignal; mostPerStep: number; onStep: () => void },
): Promise<number> {
  let step = Math.min(firstStep, mostPerStep);
  let done = 0;
  while (tokens.length - done > step && !signal.aborted) {
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

/** Matrix kernels work in tiles: on a CPU a step of 64 tokens costs little more than one of 48, and from 64 on a token costs the least. */
function wholeTiles(tokens: number): number {
  const tile = tokens >= 64 ? 64 : tokens >= 16 ? 16 : 1;
  return Math.floor(tokens / tile) * tile;
}
