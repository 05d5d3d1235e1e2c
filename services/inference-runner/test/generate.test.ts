import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orgContext } from '@sangha/testkit/contexts';
import { generate, hasDelta, modelSpec, read, sha, startRunner, until } from './start-runner.ts';

test('a completion loads the model, streams its tokens and ends with exactly one finished and its usage', async (t) => {
  const { client, usage, metric } = await startRunner(t, { models: { [sha('a')]: { script: { reply: 'red green blue' } } } });
  const context = orgContext({ kind: 'session' });
  const answer = await read(generate(client, context, { requestId: 'r-1' }));

  assert.equal(answer.error, undefined);
  assert.equal(answer.text, 'red green blue');
  assert.equal(answer.events[0]?.event, 'loading');
  assert.equal(answer.events.filter(({ event }) => event === 'finished').length, 1);
  assert.equal(answer.events.at(-1)?.event, 'finished');
  assert.deepEqual(answer.finished?.choices, [{ index: 0, finishReason: 'stop', completionTokens: 3, stopSequence: '' }]);
  const [record] = await usage(1);
  assert.deepEqual(
    { ...record, at: '' },
    {
      orgId: context.orgId,
      userId: context.userId,
      tokenId: '',
      requestId: 'r-1',
      model: 'tiny',
      source: 'local',
      promptTokens: 3,
      completionTokens: 3,
      cachedTokens: 0,
      outcome: 'completed',
      at: '',
    },
  );
  assert.equal(await metric('sangha_runner_tokens_total'), 6);
  assert.equal(await metric('sangha_runner_models_loaded'), 1);
});

test('the record of a request is stored once, also when its id comes again', async (t) => {
  const { client, usage } = await startRunner(t);
  const context = orgContext();
  await read(generate(client, context, { requestId: 'same' }));
  await read(generate(client, context, { requestId: 'same' }));
  await read(generate(client, context, { requestId: 'other' }));
  assert.deepEqual((await usage(2)).map(({ requestId }) => requestId).sort(), ['other', 'same']);
});

test('max_tokens, stop, n and logprobs of a request reach the engine', async (t) => {
  const { client } = await startRunner(t, {
    models: { [sha('a')]: { script: { reply: (_, choice) => `a b c${choice} STOP d` } } },
  });
  const answer = await read(generate(client, orgContext(), { n: 2, stop: ['STOP'], topLogprobs: 1 }));
  assert.equal(answer.text, 'a b c0 ');
  assert.deepEqual(
    answer.finished?.choices.map(({ finishReason, stopSequence }) => [finishReason, stopSequence]),
    [
      ['stop', 'STOP'],
      ['stop', 'STOP'],
    ],
  );
  const chunk = answer.events.find(hasDelta)?.delta?.chunks[0];
  assert.equal(chunk?.logprobs[0]?.top.length, 1);
  const limited = await read(generate(client, orgContext(), { maxTokens: 2 }));
  assert.equal(limited.finished?.choices[0]?.finishReason, 'length');
  assert.equal(limited.text, 'a b');
});

for (const k of [1, 7, 25]) {
  test(`an answer that its caller leaves at token ${k} is metered with ${k} tokens, give or take one`, async (t) => {
    const { client, usage, engines, metric } = await startRunner(t, {
      models: { [sha('a')]: { script: { reply: 'w '.repeat(60).trim(), tokenMs: 3 } } },
    });
    const leave = new AbortController();
    let seen = 0;
    const answer = await read(generate(client, orgContext(), {}, leave.signal), (event) => {
      seen += event.delta?.chunks[0]?.tokens ?? 0;
      if (seen === k) leave.abort();
    });
    assert.equal(answer.error?.code, 'cancelled');
    const [record] = await usage(1);
    assert.equal(record?.outcome, 'aborted');
    assert.equal(record?.promptTokens, 3);
    assert.ok(Math.abs((record?.completionTokens ?? 0) - k) <= 1, `${record?.completionTokens} is not ${k} ± 1`);
    assert.equal(engines.opened[0]?.busy, 0);
    assert.equal(await metric('sangha_runner_running_requests'), 0);
  });
}

test('a caller that stops reading without hanging up frees its sequence', async (t) => {
  const { client, engines, usage } = await startRunner(t, {
    models: { [sha('a')]: { script: { reply: 'w '.repeat(500), tokenMs: 1 } } },
  });
  for await (const event of generate(client, orgContext())) if (event.event === 'delta') break;
  await until(() => engines.opened[0]?.busy === 0);
  assert.equal((await usage(1))[0]?.outcome, 'aborted');
});

const bare = {
  requestId: 'bare',
  modelId: 'tiny',
  model: { sha256: sha('a'), chatTemplate: '' },
  prompt: 'one two three',
  input: 'prompt',
  sampling: null,
  stop: [],
  n: 1,
  constraint: null,
  ignoreEos: false,
} as const;

test('a caller whose transport only says that it hung up, and never reads again, frees its sequence', async (t) => {
  const runner = await startRunner(t, { models: { [sha('a')]: { script: { reply: 'w '.repeat(500), tokenMs: 1 } } } });
  const leave = new AbortController();
  const stream = runner.generateBare({ ...bare, stop: [] }, orgContext(), leave.signal)[Symbol.asyncIterator]();
  while (!(await stream.next()).value?.delta);
  leave.abort();
  await until(() => runner.engines.opened[0]?.busy === 0);
  assert.equal((await runner.usage(1))[0]?.outcome, 'aborted');
});

test('a caller whose transport only stops reading, and never says why, frees its sequence', async (t) => {
  const runner = await startRunner(t, { models: { [sha('a')]: { script: { reply: 'w '.repeat(500), tokenMs: 1 } } } });
  for await (const event of runner.generateBare({ ...bare, stop: [] }, orgContext(), new AbortController().signal))
    if (event.delta) break;
  await until(() => runner.engines.opened[0]?.busy === 0);
  assert.equal((await runner.usage(1))[0]?.outcome, 'aborted');
});

test('a caller that takes nothing for too long is cut off, so that it cannot keep a sequence', async (t) => {
  const { client, engines, usage } = await startRunner(t, {
    models: { [sha('a')]: { script: { reply: 'w '.repeat(500) } } },
    config: { stalledReaderMs: 30 },
  });
  const stream = generate(client, orgContext())[Symbol.asyncIterator]();
  while (!(await stream.next()).value?.delta);
  await until(() => engines.opened[0]?.busy === 0);
  assert.equal((await usage(1))[0]?.outcome, 'aborted');
  await assert.rejects(
    async () => {
      while (!(await stream.next()).done);
    },
    { code: 'deadline_exceeded' },
  );
});

test('what the engine refuses before it starts is an error of the request and is not metered', async (t) => {
  const { client, usage } = await startRunner(t, { config: { defaultContextSize: 16 } });
  const tooLong = await read(generate(client, orgContext(), { maxTokens: 14 }));
  assert.equal(tooLong.error?.code, 'context_length_exceeded');
  assert.match(tooLong.error?.message ?? '', /3 tokens.*14.*16/);
  const chat = { messages: [{ role: 'user', content: 'hi' }] };
  const { prompt: _, ...withoutPrompt } = { prompt: '', chat, model: modelSpec({ chatTemplate: '' }) };
  const noTemplate = await read(
    client.generate({ requestId: 'c', modelId: 'tiny', ...withoutPrompt }, { context: orgContext() }),
  );
  assert.equal(noTemplate.error?.code, 'no_chat_template');

  await read(generate(client, orgContext(), { requestId: 'served', maxTokens: 2 }));
  assert.deepEqual(
    (await usage(1)).map(({ requestId }) => requestId),
    ['served'],
  );
});

test('the platform has no organisation to generate for', async (t) => {
  const { client } = await startRunner(t);
  await assert.rejects(
    read(client.generate({}, { context: { kind: 'platform' } })).then(({ error }) => Promise.reject(error)),
    { code: 'forbidden' },
  );
});

test('a model that makes embeddings generates no text and is not loaded for it', async (t) => {
  const { client, engines } = await startRunner(t, { models: { [sha('a')]: { kind: 'embedding' } } });
  assert.equal((await read(generate(client, orgContext()))).error?.code, 'not_a_chat_model');
  assert.equal(engines.attempts, 0);
});

test('a slow reader slows its own answer and loses nothing', async (t) => {
  const words = Array.from({ length: 40 }, (_, index) => `w${index}`).join(' ');
  const { client } = await startRunner(t, { models: { [sha('a')]: { script: { reply: words } } } });
  let text = '';
  for await (const event of generate(client, orgContext())) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    text += event.delta?.chunks[0]?.text ?? '';
  }
  assert.equal(text, words);
});

test('an answer whose reader came to the end is finished even when the caller hangs up right after', async (t) => {
  const { client, usage } = await startRunner(t);
  const leave = new AbortController();
  const answer = await read(generate(client, orgContext(), {}, leave.signal), ({ event }) => {
    if (event === 'finished') leave.abort();
  });
  assert.ok(answer.finished);
  assert.equal((await usage(1))[0]?.outcome, 'completed');
});
