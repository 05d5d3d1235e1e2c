/** A token with its logit. */
export type Candidate = [token: number, logit: number];

/** Numbers in [0, 1) from a seed (mulberry32): the same for the same seed, which is all that is asked of them. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Chooses among candidates sorted from the likeliest down, as llama.cpp's chain does: top_k, top_p, min_p, then temperature.
 * Needed where the raw logits are wanted too: the library's samplers hand out only the changed ones.
 */
export function pickToken(
  candidates: readonly Candidate[],
  { temperature, topP, topK, minP }: { temperature: number; topP: number; topK: number; minP: number },
  random: () => number,
): number {
  const [first] = candidates;
  if (!first) throw new Error('no candidates to choose from');
  if (temperature <= 0) return first[0];
  const kept = keepLikely(topK > 0 ? candidates.slice(0, topK) : candidates, topP, minP);
  const weights = kept.map(([, logit]) => Math.exp((logit - first[1]) / temperature));
  let at = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    at -= weight;
    if (at < 0) return kept[index]?.[0] ?? first[0];
  }
  return kept.at(-1)?.[0] ?? first[0];
}

function keepLikely(candidates: readonly Candidate[], topP: number, minP: number): readonly Candidate[] {
  const most = candidates[0]?.[1] ?? 0;
  const weights = candidates.map(([, logit]) => Math.exp(logit - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  let count = 0;
  for (const weight of weights) {
    if (count > 0 && (sum >= topP * total || weight < minP)) break;
    sum += weight;
    count += 1;
  }
  return candidates.slice(0, count);
}
