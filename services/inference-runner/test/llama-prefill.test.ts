import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OrgId } from '@sangha/identity';
import type { TokenLogprob } from '../../../protos/generated/sangha/inference/v1/TokenLogprob.ts';
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

const tokensFrom = (from: number, count: number) => Array.from({ length: count }, (_, index) => 270 + ((from + index * 7) % 200));

/** The first token's distribution, and the greedy answer. */
async function firstOf(orgId: OrgId, promptTokens: number[]) {
  const { chunks, finished } = await answer(engine, {
    orgId,
    input: { promptTokens },
    maxTokens: 4,
    topLogprobs: 5,
    ignoreEos: true,
  });
  const [first] = chunks.flatMap(({ logprobs }) => logprobs ?? []);
  assert.ok(first);
  return { top: first.top ?? [], cachedTokens: finished?.usage?.cachedTokens };
}

test('a prompt that is read in steps, or onto a kept beginning, has the logprobs of one that is read at once', async () => {
  const prompt = tokensFrom(1, 60); // one step
  const { top: atOnce } = await firstOf(newOrg(), prompt);
  const orgId = newOrg();
  await firstOf(orgId, prompt.slice(0, 40));
  const { top: onto, cachedTokens } = await firstOf(orgId, prompt);
  assert.equal(cachedTokens, 40);
  assertClose(onto, atOnce);

  const long = tokensFrom(2, 700);
  const grown = newOrg();
  for (let length = 60; length < long.length; length += 60) await firstOf(grown, long.slice(0, length));
  const { top: bySmallSteps } = await firstOf(grown, long);
  const { top: bySteps, cachedTokens: none } = await firstOf(newOrg(), long);
  assert.equal(none, 0);
  assertClose(bySteps, bySmallSteps);
});

function assertClose(a: TokenLogprob[], b: TokenLogprob[]): void {
  assert.equal(a.length, 5);
  for (const [index, { logprob = 0 }] of a.entries())
    assert.ok(Math.abs(Number(logprob) - Number(b[index]?.logprob ?? 0)) < 0.05, `${index}: ${logprob} and ${b[index]?.logprob}`);
}

test('wherever an abort lands, what was sent is what is counted, and every sequence is free again', async () => {
  for (let afterMs = 0; afterMs < 480; afterMs += 60) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), afterMs);
    const { chunks, finished } = await answer(
      engine,
      { input: { promptTokens: tokensFrom(afterMs, 900) }, n: 2, ignoreEos: true, maxTokens: 3_000, topLogprobs: 1 },
      controller.signal,
    );
    clearTimeout(timer);
    const sent = chunks.reduce((sum, { tokens = 0 }) => sum + tokens, 0);
    assert.equal(finished?.usage?.completionTokens, sent, `aborted after ${afterMs} ms`);
    assert.equal(finished?.usage?.promptTokens, 900);
    assert.deepEqual(
      finished?.choices?.map(({ finishReason }) => finishReason),
      ['abort', 'abort'],
    );
  }
  const { finished } = await answer(engine, { input: { promptTokens: tokensFrom(0, 20) }, n: 2, ignoreEos: true, maxTokens: 3 });
  assert.deepEqual(
    finished?.choices?.map(({ completionTokens }) => completionTokens),
    [3, 3],
  );
});

test('choices read the prompt each for itself and it counts once; without chance they say the same', async () => {
  const { texts, finished } = await answer(engine, {
    input: { promptTokens: tokensFrom(3, 500) },
    n: 2,
    ignoreEos: true,
    maxTokens: 8,
    sampling: { temperature: 0 },
  });
  assert.equal(texts[0], texts[1]);
  assert.equal(finished?.usage?.promptTokens, 500);
  assert.equal(finished?.usage?.completionTokens, 16);
});
