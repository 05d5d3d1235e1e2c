import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orgContext, twoOrganizations } from '@sangha/testkit/contexts';
import { modelSpec, sha, startRunner, until } from './start-runner.ts';

const embedder = { kind: 'embedding', script: { promptMs: 1 } } as const;
const texts = (count: number) => Array.from({ length: count }, (_, index) => ({ text: `text number ${index}` }));
const request = (requestId: string, inputs: { text: string }[], model = modelSpec()) => ({
  requestId,
  modelId: 'embedder',
  model,
  inputs,
});

test('embeddings come back in order, of length 1, the same for the same text, and are metered once', async (t) => {
  const { client, usage } = await startRunner(t, { models: { [sha('a')]: embedder } });
  const context = orgContext();
  const { embeddings, promptTokens } = await client.embed(request('e-1', texts(100)), { context });
  assert.equal(embeddings.length, 100);
  for (const { values } of embeddings) assert.ok(Math.abs(Math.hypot(...values) - 1) < 1e-5);
  const [alone] = (await client.embed(request('e-2', texts(100).slice(99)), { context })).embeddings;
  assert.deepEqual(alone, embeddings[99]);
  const records = await usage(2);
  assert.deepEqual(
    records.map(({ requestId, promptTokens: tokens, completionTokens, outcome }) => [
      requestId,
      tokens,
      completionTokens,
      outcome,
    ]),
    [
      ['e-1', promptTokens, 0, 'completed'],
      ['e-2', 3, 0, 'completed'],
    ],
  );
});

test('a caller with thousands of inputs lets another organisation in between', async (t) => {
  const { victim, stranger } = twoOrganizations();
  const { client, engines } = await startRunner(t, { models: { [sha('a')]: embedder } });
  let isBigDone = false;
  const big = client.embed(request('big', texts(2_000)), { context: stranger, deadlineMs: 60_000 }).finally(() => {
    isBigDone = true;
  });
  await until(() => engines.opened[0]?.busy === 1);
  await client.embed(request('small', texts(1)), { context: victim });
  assert.equal(isBigDone, false);
  assert.equal((await big).embeddings.length, 2_000);
  assert.equal(engines.opened[0]?.mostBusy, 1);
});

test('a request of many turns keeps its model loaded between them, also without keep-alive', async (t) => {
  const { client, engines } = await startRunner(t, { models: { [sha('a')]: embedder } });
  const model = modelSpec({ keepAliveSecs: 0 });
  await client.embed(request('many', texts(200), model), { context: orgContext() });
  assert.equal(engines.attempts, 1);
  await until(() => engines.opened[0]?.state === 'closed');
});

test('a caller that hangs up is metered for the turns that were done and the inputs of the last', async (t) => {
  const { client, engines, usage } = await startRunner(t, {
    models: { [sha('a')]: { kind: 'embedding', script: { promptMs: 5 } } },
  });
  const leave = new AbortController();
  const embedding = client.embed(request('left', texts(2_000)), { context: orgContext(), signal: leave.signal });
  await until(() => (engines.opened[0]?.requests.length ?? 0) >= 3);
  leave.abort();
  await assert.rejects(embedding, { code: 'cancelled' });
  const [record] = await usage(1);
  assert.equal(record?.outcome, 'aborted');
  const tokens = record?.promptTokens ?? 0;
  assert.ok(tokens >= 2 * 32 * 3 && tokens < 2_000 * 3);
  assert.equal(tokens % (32 * 3), 16 * 3, 'the engine had done half of the last turn');
  await until(() => engines.opened[0]?.busy === 0);
});

test('a model that generates text makes no embeddings and is not loaded for it', async (t) => {
  const { client, engines, usage } = await startRunner(t, { models: { [sha('b')]: embedder } });
  await assert.rejects(client.embed(request('no', texts(1)), { context: orgContext() }), {
    code: 'not_an_embedding_model',
    param: 'model',
  });
  assert.equal(engines.attempts, 0);
  await client.embed(request('yes', texts(1), modelSpec({ sha256: sha('b') })), { context: orgContext() });
  assert.deepEqual(
    (await usage(1)).map(({ requestId }) => requestId),
    ['yes'],
  );
});

test('an engine that dies under an embedding is said to have crashed', async (t) => {
  const { client, engines } = await startRunner(t, { models: { [sha('a')]: { kind: 'embedding', script: { promptMs: 20 } } } });
  const embedding = client.embed(request('x', texts(1)), { context: orgContext() });
  await until(() => engines.opened[0]?.busy === 1);
  engines.opened[0]?.crash();
  await assert.rejects(embedding, { code: 'engine_crashed' });
});
