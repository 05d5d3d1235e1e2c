import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../src/engine.ts';
import { answer, newOrg, openTiny, request } from './llama-fixture.ts';

// Slow enough that a long prompt takes several steps.
let engine: Engine;
let close: () => Promise<void>;
before(
  async () =>
    ({ engine, close } = await openTiny({
      model: { embeddingLength: 256, blocks: 4, feedForwardLength: 1024, contextLength: 4096, weights: 'q8_0' },
      spec: { contextSize: 4096, sequences: 2 },
    })),
);
after(() => close());

const longPrompt = { promptTokens: Array.from({ length: 2_400 }, (_, index) => 270 + (index % 200)) };

test('an abort in the middle of a prompt stops the work on it and frees the sequence', async () => {
  const orgId = newOrg();
  const controller = new AbortController();
  let finished: unknown;
  for await (const event of engine.generate(request({ orgId, input: longPrompt, maxTokens: 5 }), controller.signal)) {
    if ('started' in event) controller.abort();
    assert.ok(!('delta' in event));
    if ('finished' in event) finished = event.finished.choices?.[0];
  }
  assert.deepEqual(finished, { index: 0, finishReason: 'abort', completionTokens: 0 });
  const again = await answer(engine, { orgId, input: longPrompt, maxTokens: 2, n: 2 });
  assert.equal(again.finished?.usage?.completionTokens, 4);
  // The state that the aborted request left is a part of the prompt, not all of it.
  assert.ok(Number(again.finished?.usage?.cachedTokens) < 1_600, `${again.finished?.usage?.cachedTokens} tokens were evaluated`);
});

test('a neighbour goes on generating while a long prompt is read', async () => {
  const stop = new AbortController();
  let reading = false;
  let between = 0;
  const neighbour = (async () => {
    for await (const event of engine.generate(request({ ignoreEos: true }), stop.signal)) {
      if (reading && 'delta' in event) between += 1;
    }
  })();
  for await (const event of engine.generate(
    request({ input: longPrompt, maxTokens: 2, ignoreEos: true }),
    new AbortController().signal,
  )) {
    reading = 'started' in event;
  }
  stop.abort();
  await neighbour;
  assert.ok(between >= 5, `the neighbour got ${between} deltas`);
});
