import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createContextSigner, createContextVerifier, generateContextKeys, newUlid, type OrgContext } from '@sangha/identity';
import { openSqliteQueue } from '@sangha/messaging';
import { events, Inference } from '@sangha/protos';
import { type Client, type Handlers, local } from '@sangha/rpc';
import { createLogger, createMetrics } from '@sangha/telemetry';
import type { UsageRecorded__Output } from '../../../protos/generated/sangha/events/v1/UsageRecorded.ts';
import type { GenerateEvent, GenerateEvent__Output } from '../../../protos/generated/sangha/inference/v1/GenerateEvent.ts';
import type { GenerateRequest, GenerateRequest__Output } from '../../../protos/generated/sangha/inference/v1/GenerateRequest.ts';
import type { ModelSpec } from '../../../protos/generated/sangha/inference/v1/ModelSpec.ts';
import { type Clock, createInferenceRunner, type InferenceRunnerDeps, type RunnerConfig, runnerConfig } from '../src/app.ts';
import { createScriptedEngines, type ScriptedEngines, type ScriptedModel } from '../src/engines/scripted.ts';

export type InferenceClient = Client<typeof Inference>;

export interface StartedRunner {
  client: InferenceClient;
  /** Without a transport in between: the request as it comes off the wire. */
  generateBare(request: GenerateRequest__Output, context: OrgContext, signal: AbortSignal): AsyncIterable<GenerateEvent>;
  engines: ScriptedEngines;
  /** Usage records stored so far, waited for until there are `count`. */
  usage(count: number): Promise<UsageRecorded__Output[]>;
  metric(name: string): Promise<number>;
  close(): Promise<void>;
}

export interface StartOptions {
  models?: Record<string, ScriptedModel>;
  config?: Partial<RunnerConfig>;
  clock?: Clock;
  deps?: Partial<InferenceRunnerDeps>;
}

/** A runner with scripted engines and a real queue, called through its rpc client. */
export async function startRunner(
  t: TestContext,
  { models = {}, config = {}, clock, deps = {} }: StartOptions = {},
): Promise<StartedRunner> {
  const folder = await mkdtemp(join(tmpdir(), 'sangha-runner-'));
  const log = createLogger({ service: 'inference-runner', level: 'silent' });
  const messaging = openSqliteQueue({ file: join(folder, 'bus.db'), log });
  const metrics = createMetrics({ service: 'inference-runner' });
  const engines = createScriptedEngines({ models });
  const runner = createInferenceRunner({
    engines,
    blobs: engines.blobs,
    inspect: engines.inspect,
    messaging,
    log,
    metrics,
    config: runnerConfig({ memoryBudgetBytes: 1024 ** 3, closeGraceMs: 0, ...config }),
    ...(clock ? { clock } : {}),
    ...deps,
  });

  const records: UsageRecorded__Output[] = [];
  const arrived = new Set<() => void>();
  const consumer = messaging.consume({ durable: 'test', subjects: ['usage.recorded'] }, async ({ payload }) => {
    records.push(events.usageRecorded.decode(payload));
    for (const wake of arrived) wake();
  });

  const { privateKey, publicKey, keyId } = generateContextKeys();
  const audience = 'inference-runner';
  const kinds = ['session', 'api_token', 'external_app', 'service', 'platform'] as const;
  const client = local(Inference, {
    services: runner.services,
    audience,
    signer: createContextSigner({ issuer: 'auth-gateway', privateKey, keyId }),
    verifier: createContextVerifier({ audience, issuers: [{ issuer: 'auth-gateway', keyId, publicKey, kinds }] }),
  });

  t.after(async () => {
    await runner.close();
    await consumer.close();
    await messaging.close();
    await rm(folder, { recursive: true, force: true });
  });
  const [service] = runner.services;
  assert.ok(service);
  const handlers = service.handlers as unknown as Handlers<typeof Inference>;
  return {
    client,
    generateBare: (request, context, signal) => handlers.generate(request, { context, requestId: 'bare', signal }),
    engines,
    async usage(count) {
      while (records.length < count) {
        const { promise, resolve } = Promise.withResolvers<void>();
        arrived.add(resolve);
        await promise;
        arrived.delete(resolve);
      }
      return [...records];
    },
    async metric(name) {
      const { values } = (await metrics.getSingleMetric(name)?.get()) ?? { values: [] };
      return values.reduce((sum, { value }) => sum + value, 0);
    },
    close: () => runner.close(),
  };
}

/** The SHA-256 of a model by a digit, for names that are easy to tell apart. */
export const sha = (digit: string): string => digit.repeat(64);

export const modelSpec = (differences: Partial<ModelSpec> = {}): ModelSpec => ({
  sha256: sha('a'),
  chatTemplate: 'any',
  ...differences,
});

/** A completion of `prompt`; say what differs. */
export const completion = (differences: Partial<GenerateRequest> = {}): GenerateRequest => ({
  requestId: newUlid(),
  modelId: 'tiny',
  model: modelSpec(),
  prompt: 'one two three',
  ...differences,
});

export interface Answer {
  text: string;
  events: GenerateEvent__Output[];
  finished: NonNullable<GenerateEvent__Output['finished']> | undefined;
  error: { code: string; message: string; param: string | undefined; retryAfterSecs: number | undefined } | undefined;
}

/** Reads a stream to its end; an error is part of the answer. */
export async function read(
  stream: AsyncIterable<GenerateEvent__Output>,
  onEvent?: (event: GenerateEvent__Output) => void,
): Promise<Answer> {
  const answer: Answer = { text: '', events: [], finished: undefined, error: undefined };
  try {
    for await (const event of stream) {
      answer.events.push(event);
      answer.text += (event.delta?.chunks ?? [])
        .filter(({ index }) => index === 0)
        .map(({ text }) => text)
        .join('');
      if (event.finished) answer.finished = event.finished;
      onEvent?.(event);
    }
  } catch (error) {
    answer.error = error as NonNullable<Answer['error']>;
  }
  return answer;
}

/** Reads in the background until the first event that `matches`; the rest is read too. */
export function readUntil(stream: AsyncIterable<GenerateEvent__Output>, matches: (event: GenerateEvent__Output) => boolean) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const answer = read(stream, (event) => matches(event) && resolve());
  void answer.then(({ error }) => reject(error ?? new Error('the stream ended before the expected event')));
  promise.catch(() => undefined);
  return { reached: promise, answer };
}

export const hasDelta = (event: GenerateEvent__Output): boolean => event.event === 'delta';
export const isQueued = (event: GenerateEvent__Output): boolean => event.event === 'queued';
export const isLoading = (event: GenerateEvent__Output): boolean => event.event === 'loading';

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}

export const generate = (
  client: InferenceClient,
  context: OrgContext,
  differences: Partial<GenerateRequest> = {},
  signal?: AbortSignal,
) => client.generate(completion(differences), { context, ...(signal ? { signal } : {}) });
