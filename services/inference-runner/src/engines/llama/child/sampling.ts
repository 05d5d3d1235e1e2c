import { randomInt } from 'node:crypto';
import { AppError } from '@sangha/errors';
import { type LlamaContextSequenceRepeatPenalty, type LlamaModel, type Token, TokenBias } from 'node-llama-cpp';
import type { Sampling__Output } from '../../../../../../protos/generated/sangha/inference/v1/Sampling.ts';
import { vocabularySizeOf } from './load-model.ts';

/** How tokens are chosen, with every number inside its bounds. */
export interface SamplingPlan {
  temperature: number;
  topP: number;
  topK: number;
  minP: number;
  seed: number;
  penalties: { repeat: number; frequency: number; presence: number } | undefined;
  bias: TokenBias | undefined;
}

/** For what a request leaves open: llama.cpp's own. */
const defaults = { temperature: 0.8, topP: 0.95, topK: 40, minP: 0.05 };

/** llama.cpp reads the largest seed as "take a random one". */
const largestSeed = 0xffff_fffe;

/** Throws `invalid_value` naming the field. Without a seed each request gets a random one: the library's own is the clock's second. */
export function planSampling(sampling: Sampling__Output, model: LlamaModel): SamplingPlan {
  const repeat = bounded(sampling.repeatPenalty, 'repeat_penalty', 0.01, 10) ?? 1;
  const frequency = bounded(sampling.frequencyPenalty, 'frequency_penalty', -2, 2) ?? 0;
  const presence = bounded(sampling.presencePenalty, 'presence_penalty', -2, 2) ?? 0;
  return {
    temperature: bounded(sampling.temperature, 'temperature', 0, 5) ?? defaults.temperature,
    topP: bounded(sampling.topP, 'top_p', 0, 1) ?? defaults.topP,
    topK: bounded(sampling.topK, 'top_k', 0, 1_000_000) ?? defaults.topK,
    minP: bounded(sampling.minP, 'min_p', 0, 1) ?? defaults.minP,
    seed: Math.min(sampling.seed ?? randomInt(largestSeed), largestSeed),
    penalties: repeat === 1 && frequency === 0 && presence === 0 ? undefined : { repeat, frequency, presence },
    bias: planBias(sampling.logitBias, model),
  };
}

/** The plan of choice `index`: its own seed, so that n choices differ and are repeatable. */
export const forChoice = (plan: SamplingPlan, index: number): SamplingPlan =>
  index === 0 ? plan : { ...plan, seed: (plan.seed + index) % largestSeed };

/** As the library wants the penalties; they look at the answer so far. */
export function repeatPenalty(plan: SamplingPlan, recent: () => Token[]): LlamaContextSequenceRepeatPenalty | undefined {
  if (!plan.penalties) return undefined;
  const { repeat, frequency, presence } = plan.penalties;
  return { punishTokens: recent, penalty: repeat, frequencyPenalty: frequency, presencePenalty: presence };
}

const biasesAtMost = 1024;

function planBias(logitBias: Record<string, number>, model: LlamaModel): TokenBias | undefined {
  const entries = Object.entries(logitBias);
  if (entries.length === 0) return undefined;
  if (entries.length > biasesAtMost)
    throw new AppError('invalid_value', `logit_bias takes at most ${biasesAtMost} tokens.`, { param: 'logit_bias' });
  const bias = new TokenBias(model.tokenizer);
  const size = vocabularySizeOf(model);
  for (const [key, value] of entries) {
    const token = Number(key);
    if (!Number.isInteger(token) || token < 0 || token >= size) {
      throw new AppError('invalid_value', `Token ${key} is not in this model's vocabulary of ${size} tokens.`, {
        param: 'logit_bias',
      });
    }
    const logit = bounded(value, 'logit_bias', -100, 100) ?? 0;
    bias.set(token as Token, logit === -100 ? 'never' : { logit });
  }
  return bias;
}

function bounded(value: number | undefined, name: string, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  // Floats arrive rounded to 32 bits: 0.95 as 0.949999988.
  if (Number.isFinite(value) && value >= least - 1e-6 && value <= most + 1e-6) return value;
  throw new AppError('invalid_value', `${name} must be a number from ${least} to ${most}.`, { param: name });
}
