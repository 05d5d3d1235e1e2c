import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../src/engine.ts';
import { answer, chat, exactly, message, openTiny, request, wild } from './llama-fixture.ts';

let engine: Engine;
let close: () => Promise<void>;
before(async () => ({ engine, close } = await openTiny()));
after(() => close());

test('an engine tells what it loaded', () => {
  assert.equal(engine.facts.kind, 'generation');
  assert.equal(engine.facts.contextSize, 1024);
  assert.equal(engine.facts.trainedContextSize, 2048);
  assert.equal(engine.facts.vocabularySize, 512);
  assert.ok(engine.facts.residentBytes > 10_000_000);
});

test('a chat starts once, streams, and ends once with usage that equals what was sent', async () => {
  const order: string[] = [];
  let tokens = 0;
  let finished = false;
  for await (const event of engine.generate(
    request({ input: chat([message('user', 'hello')]), maxTokens: 30, ignoreEos: true, sampling: wild }),
    new AbortController().signal,
  )) {
    assert.equal(finished, false);
    order.push(Object.keys(event).join());
    if ('delta' in event) for (const chunk of event.delta.chunks ?? []) tokens += chunk.tokens ?? 0;
    if ('finished' in event) {
      finished = true;
      assert.equal(event.finished.choices?.[0]?.finishReason, 'length');
      assert.equal(event.finished.choices?.[0]?.completionTokens, 30);
      assert.equal(event.finished.usage?.completionTokens, 30);
      assert.ok(Number(event.finished.usage?.promptTokens) > 5);
    }
  }
  assert.equal(order[0], 'started');
  assert.equal(order.filter((name) => name === 'started').length, 1);
  assert.ok(order.filter((name) => name === 'delta').length > 1);
  assert.equal(tokens, 30);
});

test('temperature 0 always gives the same answer', async () => {
  const parts = { maxTokens: 12, sampling: { temperature: 0 } };
  assert.equal((await answer(engine, parts)).text, (await answer(engine, parts)).text);
});

test('the same seed gives the same answer and another seed another one', async () => {
  const withSeed = async (seed: number) =>
    (await answer(engine, { maxTokens: 24, ignoreEos: true, sampling: { ...wild, seed } })).text;
  const first = await withSeed(7);
  assert.equal(await withSeed(7), first);
  assert.notEqual(await withSeed(8), first);
});

test('without a seed two requests at the same moment differ', async () => {
  const parts = { maxTokens: 24, ignoreEos: true, sampling: wild };
  const [a, b] = await Promise.all([answer(engine, parts), answer(engine, parts)]);
  assert.notEqual(a.text, b.text);
});

test('n choices have their own texts and the prompt is counted once', async () => {
  const { texts, finished, started } = await answer(engine, {
    n: 3,
    maxTokens: 16,
    ignoreEos: true,
    sampling: { ...wild, seed: 1 },
  });
  assert.equal(new Set(texts).size, 3);
  assert.deepEqual(
    finished?.choices?.map(({ index, completionTokens }) => [index, completionTokens]),
    [
      [0, 16],
      [1, 16],
      [2, 16],
    ],
  );
  assert.equal(finished?.usage?.completionTokens, 48);
  assert.equal(finished?.usage?.promptTokens, started?.promptTokens);
});

test('a stop string ends the answer, over the border of tokens, and never shows, not even in part', async () => {
  const { text, chunks, finished } = await answer(engine, {
    maxTokens: 60,
    stop: ['never', 'brown fox'],
    ...exactly('The quick brown fox jumps'),
  });
  assert.equal(text, 'The quick ');
  assert.ok(chunks.every((chunk) => !chunk.text?.includes('b')));
  assert.equal(finished?.choices?.[0]?.finishReason, 'stop');
  assert.equal(finished?.choices?.[0]?.stopSequence, 'brown fox');
});

test('what only looked like a stop string is shown after all', async () => {
  const { text, finished } = await answer(engine, { maxTokens: 60, stop: ['brown bear', 'fox!'], ...exactly('The brown fox') });
  assert.equal(text, 'The brown fox');
  assert.equal(finished?.choices?.[0]?.stopSequence, undefined);
});

test('a character spread over tokens arrives whole', async () => {
  const { text, chunks } = await answer(engine, { maxTokens: 60, ...exactly('é漢🦊!') });
  assert.equal(text, 'é漢🦊!');
  assert.ok(chunks.every((chunk) => !chunk.text?.includes('\ufffd')));
});

test('logit_bias forces or forbids a token', async () => {
  const { text } = await answer(engine, { maxTokens: 5, sampling: { temperature: 0 } });
  const forced = await answer(engine, { maxTokens: 5, topLogprobs: 0, sampling: { temperature: 0, logitBias: { 100: 100 } } });
  assert.equal(new Set(forced.chunks.flatMap(({ logprobs = [] }) => logprobs.map(({ token }) => token))).size, 1);
  assert.notEqual(forced.text, text);
});

test('logprobs come with every token, sum up to at most one, and the chosen token is the likeliest at temperature 0', async () => {
  const { chunks, finished } = await answer(engine, {
    maxTokens: 6,
    topLogprobs: 5,
    ignoreEos: true,
    sampling: { temperature: 0 },
  });
  const logprobs = chunks.flatMap((chunk) => chunk.logprobs ?? []);
  assert.equal(logprobs.length, finished?.usage?.completionTokens);
  for (const { logprob, top = [], token, bytes } of logprobs) {
    assert.equal(top.length, 5);
    assert.ok(Number(logprob) <= 1e-6);
    assert.equal(top[0]?.logprob, logprob);
    assert.equal(top[0]?.token, token);
    assert.ok(bytes instanceof Uint8Array);
    assert.ok(top.reduce((sum, other) => sum + Math.exp(Number(other.logprob)), 0) <= 1 + 1e-4);
  }
});

test('asking for logprobs does not change a greedy answer, and a seed still repeats', async () => {
  const greedy = { maxTokens: 8, ignoreEos: true, sampling: { temperature: 0 } };
  assert.equal((await answer(engine, { ...greedy, topLogprobs: 2 })).text, (await answer(engine, greedy)).text);
  const seeded = { maxTokens: 16, ignoreEos: true, topLogprobs: 2, sampling: { ...wild, seed: 3 } };
  assert.equal((await answer(engine, seeded)).text, (await answer(engine, seeded)).text);
  assert.notEqual(
    (await answer(engine, { ...seeded, sampling: { ...wild, seed: 4 } })).text,
    (await answer(engine, seeded)).text,
  );
});

test('a frequency penalty stops a model from repeating one token', async () => {
  const tokensOf = async (frequencyPenalty: number) => {
    const { chunks } = await answer(engine, {
      maxTokens: 40,
      ignoreEos: true,
      topLogprobs: 0,
      sampling: { temperature: 0, frequencyPenalty, repeatPenalty: frequencyPenalty > 0 ? 10 : 1 },
    });
    return new Set(chunks.flatMap(({ logprobs = [] }) => logprobs.map(({ token }) => token))).size;
  };
  assert.ok((await tokensOf(2)) > (await tokensOf(0)));
});

test('a prompt and its answer that do not fit are refused with both numbers', async () => {
  await assert.rejects(answer(engine, { maxTokens: 2_000 }), {
    code: 'context_length_exceeded',
    message: /holds 1024 tokens, but the request needs 20\d\d \(\d+ in the prompt and 2000 for the answer\)/,
  });
  await assert.rejects(answer(engine, { input: { prompt: 'word '.repeat(1_500) } }), {
    code: 'context_length_exceeded',
    message: /1024/,
  });
  await assert.rejects(answer(engine, { input: { prompt: 'x'.repeat(3_000_000) } }), {
    code: 'context_length_exceeded',
    message: /1024/,
  });
});

test('an answer without max_tokens ends at the end of the context', async () => {
  const { finished, started } = await answer(engine, {
    ignoreEos: true,
    input: { promptTokens: Array.from({ length: 1_000 }, () => 300) },
  });
  assert.equal(started?.promptTokens, 1_000);
  assert.equal(finished?.usage?.completionTokens, 24);
  assert.equal(finished?.choices?.[0]?.finishReason, 'length');
});

test('what is out of bounds is refused by name', async () => {
  const refusals: [string, Parameters<typeof answer>[1]][] = [
    ['n', { n: 5 }],
    ['n', { n: 1e9 }],
    ['stop', { stop: [''] }],
    ['stop', { stop: Array.from({ length: 17 }, () => 'x') }],
    ['top_logprobs', { topLogprobs: 21 }],
    ['temperature', { sampling: { temperature: -1 } }],
    ['temperature', { sampling: { temperature: Number.NaN } }],
    ['top_p', { sampling: { topP: 2 } }],
    ['logit_bias', { sampling: { logitBias: { 512: 1 } } }],
    ['logit_bias', { sampling: { logitBias: Object.fromEntries(Array.from({ length: 1_025 }, (_, index) => [index, 1])) } }],
    ['prompt', { input: { promptTokens: [512] } }],
    ['prompt', { input: { promptTokens: [-1] } }],
    ['prompt', { input: { promptTokens: [] } }],
    ['messages', { input: chat([]) }],
    ['messages[0].role', { input: chat([message('wizard', 'hi')]) }],
    ['tool_choice', { input: chat([message('user', 'hi')], { toolChoice: 'required' }) }],
    ['chat_template_kwargs', { input: chat([message('user', 'hi')], { templateKwargs: '[1]' }) }],
  ];
  for (const [param, parts] of refusals) await assert.rejects(answer(engine, parts), { code: 'invalid_value', param });
});

test('many requests of one engine run together and each gets its own answer', async () => {
  const answers = await Promise.all(
    ['alpha', 'beta', 'gamma', 'delta'].map((word) => answer(engine, { maxTokens: 40, ...exactly(`it is ${word}`) })),
  );
  assert.deepEqual(
    answers.map(({ text }) => text),
    ['it is alpha', 'it is beta', 'it is gamma', 'it is delta'],
  );
});

test('an abort during generation ends it with exact usage and frees the sequence', async () => {
  for (let round = 0; round < 8; round += 1) {
    const controller = new AbortController();
    let received = 0;
    let ended: { reason: string | undefined; tokens: number | undefined } | undefined;
    for await (const event of engine.generate(request({ ignoreEos: true }), controller.signal)) {
      if ('delta' in event) for (const chunk of event.delta.chunks ?? []) received += chunk.tokens ?? 0;
      if (received > 5) controller.abort();
      if ('finished' in event)
        ended = { reason: event.finished.choices?.[0]?.finishReason, tokens: event.finished.usage?.completionTokens };
    }
    assert.deepEqual(ended, { reason: 'abort', tokens: received });
  }
  await answer(engine, { n: 4, maxTokens: 2 });
});

test('a request that was aborted before it began computes nothing', async () => {
  const { finished, text } = await answer(engine, { ignoreEos: true }, AbortSignal.abort());
  assert.equal(finished?.choices?.[0]?.finishReason, 'abort');
  assert.equal(finished?.usage?.completionTokens, 0);
  assert.equal(text, '');
});

test('a reader that leaves in the middle frees the sequence', async () => {
  for (let round = 0; round < 8; round += 1) {
    for await (const event of engine.generate(request({ ignoreEos: true }), new AbortController().signal))
      if ('delta' in event) break;
  }
  // The engine hears of it by a message, so the last one may still be on its way.
  for (let attempt = 0; ; attempt += 1) {
    try {
      await answer(engine, { n: 4, maxTokens: 1 });
      break;
    } catch (error) {
      if (attempt > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});

test('a slow reader is waited for, without holding up its neighbour, and loses nothing', async () => {
  const slow = engine
    .generate(request({ ignoreEos: true, maxTokens: 900 }), new AbortController().signal)
    [Symbol.asyncIterator]();
  await slow.next();
  const neighbour = await answer(engine, { ignoreEos: true, maxTokens: 900 });
  assert.equal(neighbour.finished?.usage?.completionTokens, 900);
  let tokens = 0;
  let largest = 0;
  for (let step = await slow.next(); !step.done; step = await slow.next()) {
    if ('delta' in step.value) {
      largest = Math.max(largest, step.value.delta.chunks?.length ?? 0);
      for (const chunk of step.value.delta.chunks ?? []) tokens += chunk.tokens ?? 0;
    }
  }
  assert.equal(tokens, 900);
  assert.ok(largest <= 256, `${largest} chunks were waiting`);
});

test('more choices than idle sequences are refused, not queued', async () => {
  const busy = engine.generate(request({ n: 3, ignoreEos: true }), new AbortController().signal)[Symbol.asyncIterator]();
  await busy.next();
  await busy.next();
  await assert.rejects(answer(engine, { n: 2, maxTokens: 1 }), { code: 'unavailable' });
  await answer(engine, { n: 1, maxTokens: 1 });
  await busy.return?.();
});
