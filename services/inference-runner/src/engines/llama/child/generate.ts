import { AppError } from '@sangha/errors';
import type { EngineRequest } from '../../../engine.ts';
import type { Reading } from './answer-output.ts';
import { type ChoiceResult, runChoice } from './choice.ts';
import { answerShape } from './constraint.ts';
import type { LoadedModel } from './load-model.ts';
import type { Channel } from './outbox.ts';
import { buildPrompt } from './prompt.ts';
import { opensThought, reasoningTags } from './reasoning.ts';
import { forChoice, planSampling } from './sampling.ts';
import type { Lease } from './sequence-pool.ts';
import type { StallWatch } from './stall-watch.ts';
import { toolCallFormat } from './tool-calls.ts';

export interface GenerateDeps {
  model: LoadedModel;
  channel: Channel;
  stall: StallWatch;
}

/** One request from its input to `finished`. What is wrong with it is refused before anything is computed. */
export async function generate(
  { model: loaded, channel, stall }: GenerateDeps,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<void> {
  const parts = loaded.generation;
  if (!parts)
    throw new AppError('not_a_chat_model', 'This model makes embeddings and generates no text. Choose a generative model.', {
      param: 'model',
    });
  checkRequest(request, loaded.facts.sequences);
  const plan = planSampling(request.sampling, loaded.model);
  const shape = await answerShape(request, loaded.llama);
  const prompt = await buildPrompt(loaded, parts, request);
  const limit = answerLimit(prompt.tokens.length, request.maxTokens, loaded.facts.contextSize);
  const reading = readingOf(loaded.spec.chatTemplate, request, prompt.tail, shape?.form);

  const begun = performance.now();
  const leases: Lease[] = [];
  let broken = false;
  try {
    // One after the other: the second choice must not find the first one's sequence idle.
    for (let index = 0; index < Math.max(1, request.n); index += 1) {
      leases.push(await parts.pool.acquire(request.orgId, prompt.tokens));
    }
    const cachedTokens = leases[0]?.cachedTokens ?? 0;
    channel.started({ promptTokens: prompt.tokens.length, cachedTokens });
    broken = true;
    const results = await allChoices(leases, signal, (lease, index, together) =>
      runChoice({
        index,
        lease,
        loaded,
        parts,
        channel,
        stall,
        prompt: prompt.tokens,
        plan: forChoice(plan, index),
        shape,
        reading,
        limit,
        topLogprobs: request.topLogprobs,
        ignoreEos: request.ignoreEos,
        signal: together,
      }),
    );
    broken = false;
    const promptEnd = Math.max(...results.map(({ promptEnd }) => promptEnd));
    channel.finished({
      choices: results.map(({ end }) => end),
      usage: {
        promptTokens: prompt.tokens.length,
        completionTokens: results.reduce((sum, { end }) => sum + (end.completionTokens ?? 0), 0),
        cachedTokens,
        promptMs: promptEnd - begun,
        generationMs: performance.now() - promptEnd,
      },
    });
  } finally {
    // After an error the state of its sequences is unknown: nobody may find it.
    await Promise.all(leases.map((lease) => lease.release({ discard: broken })));
  }
}

/**
 * All choices to their end, also when one fails: a sequence may only be given back when nobody works on it any more. The
 * others are then told to stop, and the first error is thrown.
 */
async function allChoices(
  leases: readonly Lease[],
  signal: AbortSignal,
  run: (lease: Lease, index: number, signal: AbortSignal) => Promise<ChoiceResult>,
): Promise<ChoiceResult[]> {
  const siblings = new AbortController();
  const together = AbortSignal.any([signal, siblings.signal]);
  const settled = await Promise.allSettled(
    leases.map((lease, index) =>
      run(lease, index, together).catch((error: unknown) => {
        siblings.abort();
        throw error;
      }),
    ),
  );
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

const stopsAtMost = 16;
const topLogprobsAtMost = 20;

function checkRequest({ n, stop, topLogprobs, maxTokens }: EngineRequest, sequences: number): void {
  if (!Number.isInteger(n) || n < 0 || n > sequences) {
    throw new AppError(
      'invalid_value',
      `n must be a whole number up to ${sequences}: that many sequences this engine runs at once.`,
      { param: 'n' },
    );
  }
  if (stop.length > stopsAtMost || stop.some((text) => text === '' || text.length > 256)) {
    throw new AppError('invalid_value', `stop takes at most ${stopsAtMost} texts of 1 to 256 characters.`, { param: 'stop' });
  }
  if (topLogprobs !== undefined && !(Number.isInteger(topLogprobs) && topLogprobs >= 0 && topLogprobs <= topLogprobsAtMost)) {
    throw new AppError('invalid_value', `top_logprobs must be a whole number from 0 to ${topLogprobsAtMost}.`, {
      param: 'top_logprobs',
    });
  }
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 0)) {
    throw new AppError('invalid_value', 'max_tokens must be a whole number from 0 up.', { param: 'max_tokens' });
  }
}

/** How many tokens the answer may have. Prompt and answer must fit together, or the request is refused with both numbers. */
function answerLimit(promptTokens: number, maxTokens: number | undefined, contextSize: number): number {
  const needed = promptTokens + (maxTokens ?? 1);
  if (needed <= contextSize) return maxTokens ?? contextSize - promptTokens;
  const wish =
    maxTokens === undefined
      ? `has ${promptTokens} in its prompt, which leaves no room for an answer`
      : `needs ${needed} (${promptTokens} in the prompt and ${maxTokens} for the answer)`;
  throw new AppError(
    'context_length_exceeded',
    `This model's context holds ${contextSize} tokens, but the request ${wish}. Shorten the prompt or lower max_tokens.`,
    {
      param: 'max_tokens',
      params: {
        context_size: contextSize,
        prompt_tokens: promptTokens,
        ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      },
    },
  );
}

/** Thoughts and calls exist in chats alone, and not where a grammar decides every character. */
function readingOf(
  template: string,
  { input, stop }: EngineRequest,
  promptTail: string,
  form: 'text' | 'call' | undefined,
): Reading {
  const free = 'chat' in input && form === undefined;
  const tags = free ? reasoningTags(template) : undefined;
  const offered = free && input.chat.toolChoice !== 'none' ? input.chat.tools.map(({ name }) => name) : [];
  const format = offered.length > 0 ? toolCallFormat(template) : undefined;
  return {
    stop,
    forcedCall: form === 'call',
    reasoning: tags && { tags, startsInside: opensThought(promptTail, tags) },
    tools: format && { format, names: offered },
  };
}
