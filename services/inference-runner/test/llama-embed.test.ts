import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../src/engine.ts';
import { answer, newOrg, openTiny } from './llama-fixture.ts';

let engine: Engine;
let close: () => Promise<void>;
before(async () => ({ engine, close } = await openTiny({ model: { arch: 'bert' }, spec: { contextSize: 4096 } })));
after(() => close());

const embed = (inputs: ({ text: string } | { tokens: number[] })[], signal = new AbortController().signal) =>
  engine.embed({ orgId: newOrg(), inputs }, signal);

test('embeddings have length 1, in the order of the inputs, and the tokens are counted', async () => {
  const inputs = ['the day', 'the water', 'long way down'].map((text) => ({ text }));
  const { embeddings, promptTokens } = await embed(inputs);
  assert.equal(embeddings.length, 3);
  for (const vector of embeddings) {
    assert.equal(vector.length, 64);
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
  }
  assert.deepEqual((await embed([{ text: 'the water' }])).embeddings[0], embeddings[1]);
  assert.notDeepEqual(embeddings[0], embeddings[1]);
  const counts = await Promise.all(inputs.map(async (input) => (await embed([input])).promptTokens));
  assert.equal(
    promptTokens,
    counts.reduce((sum, count) => sum + count, 0),
  );
});

test('tokens give the same vector as their text', async () => {
  const { embeddings: byTokens } = await embed([{ tokens: [10, 11, 12] }]);
  assert.equal(byTokens[0]?.length, 64);
});

test('an embedding model reads no more than it was trained for', async () => {
  assert.equal(engine.facts.kind, 'embedding');
  assert.equal(engine.facts.contextSize, 512);
  await assert.rejects(embed([{ text: 'the '.repeat(600) }]), { code: 'context_length_exceeded', message: /511/ });
});

test('inputs out of bounds are refused by place', async () => {
  await assert.rejects(embed([{ text: 'fine' }, { text: '' }]), { code: 'invalid_value', param: 'input[1]' });
  await assert.rejects(embed([{ tokens: [9_999] }]), { code: 'invalid_value', param: 'input[0]' });
  await assert.rejects(embed(Array.from({ length: 2_049 }, () => ({ text: 'a' }))), { code: 'invalid_value', param: 'input' });
});

test('an aborted request ends when its work ends, and says what was computed until then', async () => {
  const input = { text: 'the day was long' };
  const { promptTokens: each } = await embed([input]);
  const controller = new AbortController();
  const running = embed(
    Array.from({ length: 2_000 }, () => input),
    controller.signal,
  );
  setTimeout(() => controller.abort(), 20);
  const { embeddings, promptTokens } = await running;
  assert.ok(embeddings.length < 2_000, 'it was aborted');
  assert.equal(promptTokens, embeddings.length * each);
  assert.equal((await embed([{ text: 'the day' }])).embeddings.length, 1);
});

test('a request that was aborted before it began is cancelled', async () => {
  await assert.rejects(embed([{ text: 'the day' }], AbortSignal.abort()), { code: 'cancelled' });
});

test('an embedding model generates nothing, and a generative one embeds nothing', async () => {
  await assert.rejects(answer(engine), { code: 'not_a_chat_model' });
  const generative = await openTiny();
  try {
    await assert.rejects(generative.engine.embed({ orgId: newOrg(), inputs: [{ text: 'a' }] }, new AbortController().signal), {
      code: 'not_an_embedding_model',
    });
  } finally {
    await generative.close();
  }
});

test('a reranking model is refused', async () => {
  await assert.rejects(openTiny({ model: { arch: 'bert', pooling: 'rank' } }), { code: 'model_unusable' });
});
