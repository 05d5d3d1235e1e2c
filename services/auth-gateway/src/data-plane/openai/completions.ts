import { AppError } from '@sangha/errors';
import type { Chunk, GenerateEvent, GenerateRequest } from '../../clients.ts';
import type { Exchange } from '../../exchange.ts';
import type { DataPlane } from '../data-plane.ts';
import type { Endpoint } from '../generation.ts';
import { collectLocal, generate, type StreamWriter, sendJson, streamLocal } from '../local-stream.ts';
import { collector } from './collect.ts';
import { type CompletionsRequest, completionsSchema } from './completions-schema.ts';
import { completionLogprobs } from './logprobs.ts';
import { parseRequest } from './parse-request.ts';
import { commonRequest } from './sampling.ts';
import { usageBody } from './usage.ts';

/** What OpenAI generates when a completion names no number. */
const defaultMaxTokens = 16;

/** `POST /v1/completions` */
export const completions: Endpoint = {
  upstreamPath: '/completions',
  streams: true,
  async local(plane, exchange, { target, request, settle }) {
    const asked = parseRequest(completionsSchema, request);
    refuseCombinations(asked);
    const common = commonRequest(exchange.requestId, target, exchange.settings, asked);
    const prompts = promptsOf(asked.prompt);
    const requests = prompts.map(
      (prompt, index): GenerateRequest => ({
        ...common,
        // The key of a usage record: each prompt is metered by itself.
        requestId: index === 0 ? exchange.requestId : `${exchange.requestId}.${index}`,
        ...(typeof prompt === 'string' ? { prompt } : { promptTokens: { ids: prompt } }),
        maxTokens: asked.max_tokens ?? defaultMaxTokens,
        ...(asked.logprobs === null || asked.logprobs === undefined ? {} : { topLogprobs: asked.logprobs }),
      }),
    );
    const perPrompt = asked.n ?? 1;
    const head: Head = {
      id: `cmpl-${exchange.requestId}`,
      created: Math.floor(exchange.startedAtMs / 1000),
      model: target.modelId,
      echoes: prompts.flatMap((prompt) => Array<string>(perPrompt).fill(asked.echo === true ? String(prompt) : '')),
      logprobs: asked.logprobs !== null && asked.logprobs !== undefined,
      includeUsage: asked.stream_options?.include_usage === true,
    };
    const events = generateInTurn(plane, exchange, requests, perPrompt);
    if (asked.stream) return streamLocal(plane, exchange, events, settle, completionStream(head));
    const { choices, add } = collector(head.echoes.length);
    const finished = await collectLocal(events, settle, add);
    for (const { index, finishReason } of finished.choices) {
      const choice = choices[index];
      if (choice !== undefined) choice.finishReason = finishReason;
    }
    sendJson(exchange, {
      id: head.id,
      object: 'text_completion',
      created: head.created,
      model: head.model,
      choices: choices.map(({ text, logprobs, finishReason }, index) => ({
        text: (head.echoes[index] ?? '') + text,
        index,
        logprobs: head.logprobs ? completionLogprobs(logprobs, head.echoes[index]?.length ?? 0) : null,
        finish_reason: finishReason,
      })),
      usage: usageBody(finished.usage),
    });
  },
};

interface Head {
  id: string;
  created: number;
  model: string;
  /** Per choice what stands before its text. */
  echoes: readonly string[];
  logprobs: boolean;
  includeUsage: boolean;
}

function completionStream(head: Head): StreamWriter {
  const shared = `data: {"id":${JSON.stringify(head.id)},"object":"text_completion","created":${head.created},"model":${JSON.stringify(head.model)},`;
  const usage = head.includeUsage ? ',"usage":null' : '';
  const offsets = head.echoes.map((echo) => echo.length);
  const frame = (index: number, text: string, logprobs: unknown, reason: string | null): string =>
    `${shared}"choices":[{"text":${JSON.stringify(text)},"index":${index},"logprobs":${JSON.stringify(logprobs)},"finish_reason":${JSON.stringify(reason)}}]${usage}}\n\n`;

  const chunkFrame = ({ index, text, logprobs }: Chunk): string => {
    const offset = offsets[index] ?? 0;
    offsets[index] = offset + text.length;
    return frame(index, text, head.logprobs ? completionLogprobs(logprobs, offset) : null, null);
  };

  return {
    begin: () => head.echoes.map((echo, index) => (echo === '' ? '' : frame(index, echo, null, null))).join(''),
    chunks: (chunks) => chunks.map(chunkFrame).join(''),
    finish(finished) {
      const ends = finished.choices.map(({ index, finishReason }) => frame(index, '', null, finishReason)).join('');
      return head.includeUsage ? `${ends}${shared}"choices":[],"usage":${JSON.stringify(usageBody(finished.usage))}}\n\n` : ends;
    },
  };
}

/** One prompt after the other, as if they were one generation with choices numbered through. */
async function* generateInTurn(
  plane: DataPlane,
  exchange: Exchange,
  requests: readonly GenerateRequest[],
  perPrompt: number,
): AsyncGenerator<GenerateEvent> {
  const choices = [];
  const usage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0, queueMs: 0, loadMs: 0, promptMs: 0, generationMs: 0 };
  for (const [turn, request] of requests.entries()) {
    const first = turn * perPrompt;
    for await (const event of generate(plane, exchange, request)) {
      if (event.delta) yield { delta: { chunks: event.delta.chunks.map((chunk) => ({ ...chunk, index: first + chunk.index })) } };
      else if (event.finished) {
        choices.push(...event.finished.choices.map((choice) => ({ ...choice, index: first + choice.index })));
        for (const key of Object.keys(usage) as (keyof typeof usage)[]) usage[key] += event.finished.usage?.[key] ?? 0;
      } else yield event;
    }
  }
  yield { finished: { choices, usage } };
}

function refuseCombinations({ echo, logprobs, prompt, best_of, n }: CompletionsRequest): void {
  if (echo && logprobs !== null && logprobs !== undefined) throw refused('echo', 'together with logprobs is not supported');
  if (echo && typeof prompt !== 'string' && typeof prompt[0] !== 'string') throw refused('echo', 'needs a prompt that is text');
  if (best_of !== null && best_of !== undefined && best_of !== (n ?? 1)) throw refused('best_of', 'must be the same as n');
}

function promptsOf(prompt: CompletionsRequest['prompt']): (string | number[])[] {
  if (typeof prompt === 'string') return [prompt];
  return typeof prompt[0] === 'number' ? [prompt as number[]] : (prompt as (string | number[])[]);
}

const refused = (param: string, problem: string): AppError => new AppError('invalid_value', `${param} ${problem}.`, { param });
