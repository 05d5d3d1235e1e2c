import { type LlamaContextSequence, type LlamaGrammar, LlamaGrammarEvaluationState, type Token } from 'node-llama-cpp';
import { type Candidate, pickToken, seededRandom } from './pick-token.ts';
import { repeatPenalty, type SamplingPlan } from './sampling.ts';

/** One generated token; with logprobs where they were asked for. */
export interface Generated {
  token: Token;
  logprob?: number;
  top?: { token: Token; logprob: number }[];
}

export interface SourceOptions {
  plan: SamplingPlan;
  grammar: LlamaGrammar | undefined;
  topLogprobs: number | undefined;
  /** The answer so far, for the penalties. */
  recent: () => Token[];
}

/**
 * Tokens that follow `tail`, the end of a prompt whose beginning the sequence already holds. Pulling is what computes: a reader that stops
 * pulling costs nothing. End-of-generation tokens are yielded, and generation goes on behind them if pulled further.
 */
export function tokenSource(sequence: LlamaContextSequence, tail: Token[], options: SourceOptions): AsyncIterable<Generated> {
  const { plan, grammar, topLogprobs, recent } = options;
  if (topLogprobs !== undefined && !grammar) return rawLogprobs(sequence, tail, options, topLogprobs);
  const penalty = repeatPenalty(plan, recent);
  const evaluation = {
    temperature: plan.temperature,
    topP: plan.topP,
    topK: plan.topK,
    minP: plan.minP,
    seed: plan.seed,
    yieldEogToken: true,
    ...(plan.bias && { tokenBias: plan.bias }),
    ...(penalty && { repeatPenalty: penalty }),
    ...(grammar && { grammarEvaluationState: new LlamaGrammarEvaluationState({ model: sequence.model, grammar }) }),
  };
  if (topLogprobs === undefined) return sequence.evaluateWithMetadata(tail, {}, evaluation);
  return sampledProbabilities(sequence.evaluateWithMetadata(tail, { probabilities: true }, evaluation), topLogprobs);
}

/** Wide enough for any usual top_k; a wider nucleus is cut here. */
const candidatesAtMost = 1000;

/** Logprobs of the model's own distribution, before temperature and cuts. Chooses in JavaScript: see `pickToken`. */
async function* rawLogprobs(
  sequence: LlamaContextSequence,
  tail: readonly Token[],
  { plan, recent }: SourceOptions,
  count: number,
): AsyncGenerator<Generated> {
  const random = seededRandom(plan.seed);
  const penalty = repeatPenalty(plan, recent);
  const width = Math.max(
    count,
    1,
    plan.temperature > 0 ? Math.min(plan.topK > 0 ? plan.topK : candidatesAtMost, candidatesAtMost) : 1,
  );
  const generateNext = {
    token: true,
    totalLogitWeight: true,
    logits: { filter: { tokens: [], includeTop: width } },
    options: { temperature: 0, ...(plan.bias && { tokenBias: plan.bias }), ...(penalty && { repeatPenalty: penalty }) },
  };
  let input = tail;
  for (;;) {
    const outputs = await sequence.controlledEvaluate(
      input.map((token, index) => (index === input.length - 1 ? [token, { generateNext }] : token)),
    );
    const output = outputs.at(-1);
    const { logits, totalLogitWeight } = output?.next ?? {};
    if (!logits || !totalLogitWeight) throw new Error('the engine returned no logits');
    const candidates: Candidate[] = [...logits];
    const best = candidates[0]?.[1] ?? 0;
    // A logit minus the logarithm of the sum of all exponentials; the library gives that sum relative to the largest.
    const toLogprob = (logit: number) => logit - best - Math.log(totalLogitWeight);
    const token = pickToken(candidates, plan, random) as Token;
    yield {
      token,
      logprob: toLogprob(logits.get(token) ?? best),
      top: candidates.slice(0, count).map(([candidate, logit]) => ({ token: candidate as Token, logprob: toLogprob(logit) })),
    };
    input = [token];
  }
}

/** With a grammar the library shows only the distribution it sampled from, after grammar, cuts and temperature. */
async function* sampledProbabilities(
  source: AsyncIterable<{ token: Token; probabilities: Map<Token, number> }>,
  count: number,
): AsyncGenerator<Generated> {
  for await (const { token, probabilities } of source) {
    const top: { token: Token; logprob: number }[] = [];
    for (const [candidate, probability] of probabilities) {
      if (top.length >= count || probability === 0) break; // sorted from the likeliest down
      top.push({ token: candidate, logprob: Math.log(probability) });
    }
    yield { token, logprob: Math.log(probabilities.get(token) || Number.MIN_VALUE), top };
  }
}
