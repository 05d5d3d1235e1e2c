import { createHash } from 'node:crypto';
import { AppError } from '@sangha/errors';
import type { Chunk } from '../../../../protos/generated/sangha/inference/v1/Chunk.ts';
import type { TokenLogprob } from '../../../../protos/generated/sangha/inference/v1/TokenLogprob.ts';
import type { Clock } from '../clock.ts';
import type { Engine, EngineEmbedRequest, EngineEvent, EngineFactory, EngineRequest, EngineSpec } from '../engine.ts';
import type { InspectModel } from '../model-file.ts';

/** What a scripted model answers. Tokens are words with the space before them. */
export interface ScriptedReply {
  text?: string;
  reasoning?: string;
  toolCalls?: readonly { name: string; arguments: string }[];
}

export interface Script {
  /** Default: repeats the last message or the prompt. */
  reply?: string | ScriptedReply | ((request: EngineRequest, choice: number) => string | ScriptedReply);
  /** Milliseconds of loading, of reading the prompt, and before each token. Default 0. */
  loadMs?: number;
  promptMs?: number;
  tokenMs?: number;
  /** Loading fails with it. */
  loadError?: AppError;
  /** The process dies before it gives this token of an answer (0 = the first). */
  crashAtToken?: number;
  /** Aborted requests go on for ever. */
  ignoresAbort?: boolean;
  residentBytes?: number;
  /** What it says it holds while it works. */
  memoryBytes?: number;
}

export interface ScriptedModel {
  /** Default `generation`. */
  kind?: 'generation' | 'embedding';
  /** Default 8,192. */
  trainedContextSize?: number;
  /** Default 1 MiB. */
  bytes?: number | ((shape: { contextSize: number; sequences: number; batchSize: number }) => number);
  script?: Script | ((spec: EngineSpec) => Script);
}

export interface ScriptedOptions {
  /** By SHA-256; every other one is a model with all defaults. */
  models?: Readonly<Record<string, ScriptedModel>>;
  /** Times the delays. Default: real time. */
  clock?: Clock;
}

/** One engine that was opened, as a test sees it. */
export interface ScriptedEngine {
  readonly spec: EngineSpec;
  readonly state: 'running' | 'crashed' | 'closed';
  /** Choices that are generated at this moment, and the most there ever were. */
  readonly busy: number;
  readonly mostBusy: number;
  /** Requests in the order in which they were started. */
  readonly requests: readonly { orgId: string; requestId: string }[];
  /** The process dies now. */
  crash(reason?: string): void;
}

export interface ScriptedEngines extends EngineFactory {
  /** Every engine opened so far, oldest first. */
  readonly opened: readonly ScriptedEngine[];
  /** Attempts to open, failed and aborted ones included. */
  readonly attempts: number;
  /** Pass them to `createInferenceRunner`: no model file is needed. */
  readonly inspect: InspectModel;
  readonly blobs: { locate(sha256: string): Promise<{ path: string; sizeBytes: number }> };
}

/**
 * Engines that compute nothing and answer by a script, in this process: for tests of the runner and of whatever talks to it.
 * They honour max_tokens, stop, n, logprobs, the context's length and the seam's promises; sampling changes nothing.
 */
export function createScriptedEngines({ models = {}, clock }: ScriptedOptions = {}): ScriptedEngines {
  const opened: ScriptedEngine[] = [];
  const modelOf = (sha256: string): ScriptedModel => models[sha256] ?? {};
  const wait = waiter(clock);
  let attempts = 0;

  return {
    opened,
    get attempts() {
      return attempts;
    },
    blobs: { locate: async (sha256) => ({ path: `scripted:${sha256}`, sizeBytes: 0 }) },
    async inspect(path) {
      const { kind = 'generation', trainedContextSize = 8_192, bytes = 1024 ** 2 } = modelOf(path.slice('scripted:'.length));
      return { kind, trainedContextSize, estimateBytes: (shape) => (typeof bytes === 'number' ? bytes : bytes(shape)) };
    },
    async open(spec, { signal, onProgress }) {
      attempts++;
      const model = modelOf(spec.sha256);
      const script = typeof model.script === 'function' ? model.script(spec) : (model.script ?? {});
      for (const fraction of [0.25, 0.5, 0.75, 1]) {
        await wait((script.loadMs ?? 0) / 4, signal);
        signal.throwIfAborted();
        onProgress(fraction);
      }
      if (script.loadError) throw script.loadError;
      const { engine, seen } = openEngine(spec, model, script, wait);
      opened.push(seen);
      return engine;
    },
  };
}

type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

function openEngine(
  spec: EngineSpec,
  model: ScriptedModel,
  script: Script,
  wait: Wait,
): { engine: Engine; seen: ScriptedEngine } {
  const { promise: exited, resolve: exit } = Promise.withResolvers<{ expected: boolean; reason: string }>();
  const requests: { orgId: string; requestId: string }[] = [];
  let state: ScriptedEngine['state'] = 'running';
  let busy = 0;
  let mostBusy = 0;
  const facts = {
    kind: model.kind ?? 'generation',
    contextSize: spec.contextSize,
    sequences: spec.sequences,
    trainedContextSize: model.trainedContextSize ?? 8_192,
    vocabularySize: 32_000,
    residentBytes: script.residentBytes ?? 0,
  } as const;

  function crash(reason = 'killed by the script'): void {
    if (state !== 'running') return;
    state = 'crashed';
    exit({ expected: false, reason });
  }

  function assertAlive(): void {
    if (state !== 'running') throw new AppError('engine_crashed', 'The engine of this model stopped unexpectedly. Try again.');
  }

  function occupy(choices: number): () => void {
    if (busy + choices > facts.sequences)
      throw new Error(`${busy + choices} choices at once on ${facts.sequences} sequences: the runner broke the seam`);
    busy += choices;
    mostBusy = Math.max(mostBusy, busy);
    return () => {
      busy -= choices;
    };
  }

  async function* generate(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EngineEvent> {
    assertAlive();
    requests.push({ orgId: request.orgId, requestId: request.requestId });
    const prompt = promptTokensOf(request, spec);
    const release = occupy(request.n);
    try {
      const patience = script.ignoresAbort ? undefined : signal;
      const began = performance.now();
      await wait(script.promptMs ?? 0, patience);
      assertAlive();
      if (!patience?.aborted) yield { started: { promptTokens: prompt, cachedTokens: 0 } };

      const answers = Array.from({ length: request.n }, (_, choice) =>
        answerOf(script, request, choice, spec.contextSize - prompt),
      );
      const given = answers.map(() => 0);
      for (let tick = 0; answers.some(({ tokens }) => tick < tokens.length) && !patience?.aborted; tick++) {
        await wait(script.tokenMs ?? 0, patience);
        if (script.crashAtToken === tick) crash();
        assertAlive();
        if (patience?.aborted) break;
        const chunks = answers.flatMap(({ tokens }, index) => (tokens[tick] ? [{ index, ...tokens[tick] }] : []));
        answers.forEach(({ tokens }, index) => {
          if (tick < tokens.length) given[index] = tick + 1;
        });
        yield { delta: { chunks } };
      }
      while (script.ignoresAbort && signal.aborted && state === 'running') await wait(1_000);
      assertAlive();

      const cut = (index: number) => (given[index] ?? 0) < (answers[index]?.tokens.length ?? 0) || (patience?.aborted ?? false);
      yield {
        finished: {
          choices: answers.map(({ finishReason, stopSequence }, index) => ({
            index,
            finishReason: cut(index) ? 'abort' : finishReason,
            stopSequence: cut(index) ? '' : stopSequence,
            completionTokens: given[index] ?? 0,
          })),
          usage: {
            promptTokens: prompt,
            completionTokens: given.reduce((sum, count) => sum + count, 0),
            cachedTokens: 0,
            promptMs: script.promptMs ?? 0,
            generationMs: performance.now() - began,
          },
        },
      };
    } finally {
      release();
    }
  }

  const engine: Engine = {
    facts,
    generate,
    memoryBytes: async () => script.memoryBytes,
    async embed({ orgId, inputs }, signal) {
      assertAlive();
      requests.push({ orgId, requestId: '' });
      const release = occupy(1);
      try {
        await wait(script.promptMs ?? 0, signal);
        assertAlive();
        // As much of the work as an abort in the middle leaves.
        const done = signal.aborted ? inputs.slice(0, inputs.length / 2) : inputs;
        return { embeddings: done.map(vectorOf), promptTokens: done.reduce((sum, input) => sum + lengthOf(input), 0) };
      } finally {
        release();
      }
    },
    exited,
    async close() {
      if (state === 'running') state = 'closed';
      exit({ expected: true, reason: 'closed' });
    },
  };
  const seen: ScriptedEngine = {
    spec,
    requests,
    crash,
    get state() {
      return state;
    },
    get busy() {
      return busy;
    },
    get mostBusy() {
      return mostBusy;
    },
  };
  return { engine, seen };
}

function promptTokensOf({ input, maxTokens }: EngineRequest, { chatTemplate, contextSize }: EngineSpec): number {
  if ('chat' in input && chatTemplate === '')
    throw new AppError(
      'no_chat_template',
      'This model has no chat template. Use /v1/completions, or set a template in its alias.',
    );
  const tokens = 'promptTokens' in input ? input.promptTokens.length : wordsOf(promptTextOf(input)).length;
  if (tokens + (maxTokens ?? 1) > contextSize)
    throw new AppError(
      'context_length_exceeded',
      `The prompt has ${tokens} tokens and ${maxTokens ?? 1} were asked for, but the context holds ${contextSize}. Shorten one of them.`,
      { param: 'messages' },
    );
  return tokens;
}

const promptTextOf = (input: EngineRequest['input']): string =>
  'chat' in input ? input.chat.messages.map(({ content }) => content).join(' ') : 'prompt' in input ? input.prompt : '';

interface Answer {
  tokens: Omit<Chunk, 'index'>[];
  finishReason: 'stop' | 'length' | 'tool_calls';
  stopSequence: string;
}

function answerOf({ reply }: Script, request: EngineRequest, choice: number, room: number): Answer {
  const asked = typeof reply === 'function' ? reply(request, choice) : (reply ?? echoOf(request));
  const { text = '', reasoning = '', toolCalls = [] } = typeof asked === 'string' ? { text: asked } : asked;

  const stopped = request.stop
    .map((sequence) => ({ sequence, at: text.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0];
  const tokens: Omit<Chunk, 'index'>[] = [
    ...wordsOf(reasoning).map((word) => ({ reasoning: word, tokens: 1 })),
    ...wordsOf(stopped ? text.slice(0, stopped.at) : text).map((word) => ({
      text: word,
      tokens: 1,
      ...logprobsOf(word, request),
    })),
    ...toolCalls.map((call, index) => ({ toolCalls: [{ index, id: `call_${choice}_${index}`, ...call }], tokens: 1 })),
  ];
  const limit = Math.min(room, request.maxTokens ?? room);
  if (tokens.length > limit) return { tokens: tokens.slice(0, limit), finishReason: 'length', stopSequence: '' };
  return { tokens, finishReason: toolCalls.length > 0 ? 'tool_calls' : 'stop', stopSequence: stopped?.sequence ?? '' };
}

function echoOf({ input }: EngineRequest): string {
  if ('chat' in input) return input.chat.messages.at(-1)?.content ?? '';
  return 'prompt' in input ? input.prompt : input.promptTokens.join(' ');
}

function logprobsOf(word: string, { topLogprobs }: EngineRequest): { logprobs?: TokenLogprob[] } {
  if (topLogprobs === undefined) return {};
  const top = Array.from({ length: topLogprobs }, (_, rank) => {
    const token = rank === 0 ? word : `${word}${rank}`;
    return { token, bytes: Buffer.from(token), logprob: -0.1 * (rank + 1) };
  });
  return { logprobs: [{ token: word, bytes: Buffer.from(word), logprob: -0.1, top }] };
}

const wordsOf = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? [];

const lengthOf = (input: EngineEmbedRequest['inputs'][number]): number =>
  'tokens' in input ? input.tokens.length : wordsOf(input.text).length;

const dimensions = 8;

/** The same input gives the same vector, of length 1. */
function vectorOf(input: EngineEmbedRequest['inputs'][number]): Float32Array {
  const digest = createHash('sha256').update(JSON.stringify(input)).digest();
  const values = Array.from({ length: dimensions }, (_, index) => digest.readInt16LE(index * 2) / 32_768);
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

function waiter(clock: Clock | undefined): Wait {
  return (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      if (ms <= 0) {
        setImmediate(resolve);
        return;
      }
      const timer = clock ? undefined : setTimeout(finish, ms);
      const cancel = clock?.after(ms, finish);
      signal?.addEventListener('abort', finish, { once: true });
      function finish(): void {
        clearTimeout(timer);
        cancel?.();
        signal?.removeEventListener('abort', finish);
        resolve();
      }
    });
}
