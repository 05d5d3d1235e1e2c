import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createBlobStore } from '@sangha/blob-store';
import { createContextSigner, createContextVerifier, generateContextKeys, newUlid } from '@sangha/identity';
import { openSqliteQueue } from '@sangha/messaging';
import { events, Inference } from '@sangha/protos';
import { dial, serve } from '@sangha/rpc';
import { createLogger, createMetrics } from '@sangha/telemetry';
import { orgContext } from '@sangha/testkit/contexts';
import { type TinyGgufOptions, tinyTemplates, writeTinyGguf } from '@sangha/testkit/tiny-gguf';
import type { UsageRecorded__Output } from '../../../protos/generated/sangha/events/v1/UsageRecorded.ts';
import { createInferenceRunner, runnerConfig } from '../src/app.ts';
import type { EngineProcess } from '../src/engines/llama/engine-process.ts';
import { createLlamaEngines } from '../src/engines/llama/index.ts';
import { ownMemoryOf } from '../src/process-memory.ts';
import { hasDelta, read, readUntil, until } from './start-runner.ts';

const spec = { contextSize: 512, sequences: 2, threads: 1, chatTemplate: tinyTemplates.chatml as string };
const ask = (sha256: string, differences = {}) => ({
  requestId: newUlid(),
  modelId: 'tiny',
  model: { sha256, ...spec },
  prompt: 'once upon a time',
  maxTokens: 8,
  ignoreEos: true,
  ...differences,
});

/** The real thing: model files in a blob store, engines in processes of their own, gRPC over a socket. */
async function startReal(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'sangha-runner-'));
  const log = createLogger({ service: 'inference-runner', level: 'silent' });
  const messaging = openSqliteQueue({ file: join(folder, 'bus.db'), log });
  const blobs = createBlobStore({ root: join(folder, 'models'), reserveBytes: 0 });
  const processes: EngineProcess[] = [];
  const runner = createInferenceRunner({
    engines: createLlamaEngines({ log, onProcess: (process) => processes.push(process) }),
    blobs,
    messaging,
    log,
    metrics: createMetrics({ service: 'inference-runner' }),
    config: runnerConfig({ memoryBudgetBytes: 8 * 1024 ** 3, threads: 1, closeGraceMs: 0 }),
  });
  const records: UsageRecorded__Output[] = [];
  const consumer = messaging.consume({ durable: 'test', subjects: ['usage.recorded'] }, async ({ payload }) => {
    records.push(events.usageRecorded.decode(payload));
  });

  const { privateKey, publicKey, keyId } = generateContextKeys();
  const audience = 'inference-runner';
  const kinds = ['session', 'platform'] as const;
  const server = await serve({
    address: '127.0.0.1:0',
    services: runner.services,
    verifier: createContextVerifier({ audience, issuers: [{ issuer: 'auth-gateway', keyId, publicKey, kinds }] }),
  });
  const signer = createContextSigner({ issuer: 'auth-gateway', privateKey, keyId });
  const client = dial(Inference, { address: server.address, audience, signer });

  t.after(async () => {
    await client.close();
    await server.close();
    await runner.close();
    await consumer.close();
    await messaging.close();
    await rm(folder, { recursive: true, force: true });
    assert.ok(
      processes.every(({ pid }) => !isAlive(pid)),
      'an engine process outlived its runner',
    );
  });

  return {
    client,
    processes,
    records,
    async addModel(options: TinyGgufOptions = {}): Promise<string> {
      const part = await blobs.partPath(newUlid());
      const { sha256 } = await writeTinyGguf(part, options);
      await blobs.adopt(part, sha256);
      return sha256;
    },
  };
}

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a real model is loaded, answers chat over gRPC with exact usage, survives a crash and is unloaded', async (t) => {
  const { client, processes, records, addModel } = await startReal(t);
  const context = orgContext();
  const sha256 = await addModel();

  const chat = { messages: [{ role: 'user', content: 'hello' }] };
  const { prompt: _, ...chatRequest } = ask(sha256, { chat, requestId: 'chat' });
  const answer = await read(client.generate(chatRequest, { context }));
  assert.equal(answer.error, undefined);
  assert.equal(answer.finished?.usage?.completionTokens, 8);
  assert.equal(answer.finished?.choices[0]?.finishReason, 'length');
  await until(() => records.length === 1);
  assert.deepEqual([records[0]?.completionTokens, records[0]?.promptTokens], [8, answer.finished?.usage?.promptTokens]);

  if (process.platform === 'linux') assert.ok(((await ownMemoryOf(processes[0]?.pid)) ?? 0) > 1e6);
  const hit = readUntil(client.generate(ask(sha256, { maxTokens: 400, requestId: 'hit' }), { context }), hasDelta);
  await hit.reached;
  processes[0]?.kill();
  assert.equal((await hit.answer).error?.code, 'engine_crashed');
  assert.ok((await read(client.generate(ask(sha256, { requestId: 'after' }), { context }))).finished);
  assert.equal(processes.length, 2);

  const { engines } = await client.listEngines({}, { context });
  assert.deepEqual(
    engines.map(({ state, contextSize, sequences }) => [state, contextSize, sequences]),
    [['ready', 512, 2]],
  );
  assert.deepEqual(await client.unloadModel({ sha256 }, { context }), { unloaded: 1 });
  await until(() => !isAlive(processes[1]?.pid));
  const outcomes = Object.fromEntries(records.map(({ requestId, outcome }) => [requestId, outcome]));
  assert.deepEqual(outcomes, { chat: 'completed', hit: 'failed', after: 'completed' });
});

test('a caller that hangs up over the network frees its sequence and pays for what was computed, also in the prompt', async (t) => {
  const { client, records, addModel } = await startReal(t);
  const context = orgContext();
  const sha256 = await addModel();
  await read(client.generate(ask(sha256), { context }));

  for (const event of ['started', 'delta'] as const) {
    const leave = new AbortController();
    const request = ask(sha256, { maxTokens: 400, requestId: event });
    const left = readUntil(client.generate(request, { context, signal: leave.signal }), (each) => each.event === event);
    await left.reached;
    leave.abort();
    assert.equal((await left.answer).error?.code, 'cancelled');
    await until(() => records.some(({ requestId }) => requestId === event));
    const record = records.find(({ requestId }) => requestId === event);
    assert.equal(record?.outcome, 'aborted');
    assert.ok((record?.completionTokens ?? 400) < 400);
  }
  await until(async () =>
    (await client.listEngines({}, { context: { kind: 'platform' } })).engines.every(({ running }) => running === 0),
  );
  const both = await Promise.all([1, 2].map(() => read(client.generate(ask(sha256), { context }))));
  assert.ok(both.every(({ finished }) => finished));
});

test('a damaged file is refused before native code sees it, and a missing one is said to be missing', async (t) => {
  const { client, processes, addModel } = await startReal(t);
  const context = orgContext();
  const damaged = await addModel({ damage: 'cut_header' });
  const refused = await read(client.generate(ask(damaged), { context }));
  assert.ok(['not_a_gguf', 'model_unusable'].includes(refused.error?.code ?? ''), refused.error?.code);
  assert.equal((await read(client.generate(ask('0'.repeat(64)), { context }))).error?.code, 'model_not_found');
  assert.equal(processes.length, 0);
});

test('a real embedding model makes vectors of length 1 and no text', async (t) => {
  const { client, addModel } = await startReal(t);
  const context = orgContext();
  const sha256 = await addModel({ arch: 'bert' });
  const request = {
    requestId: 'e',
    modelId: 'bert',
    model: { sha256, threads: 1, chatTemplate: '' },
    inputs: [{ text: 'one' }, { text: 'two' }],
  };
  const { embeddings, promptTokens } = await client.embed(request, { context, deadlineMs: 60_000 });
  assert.equal(embeddings.length, 2);
  for (const { values } of embeddings) assert.ok(Math.abs(Math.hypot(...values) - 1) < 1e-4);
  assert.ok(promptTokens >= 2);
  assert.equal((await read(client.generate(ask(sha256), { context }))).error?.code, 'not_a_chat_model');
});
