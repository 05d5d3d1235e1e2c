import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../src/engine.ts';
import { createLlamaEngines } from '../src/engines/llama/index.ts';
import { answer, chat, message, newOrg, silentLog, tinySpec } from './llama-fixture.ts';

// With a real GGUF by hand: SANGHA_TEST_MODEL=/path/to/model.gguf. What a random model can't show: that the words make sense.
const modelPath = process.env.SANGHA_TEST_MODEL;
const skip = modelPath === undefined && 'SANGHA_TEST_MODEL names no GGUF';
const template = '{{ bos_token }}{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant:';

let engine: Engine | undefined;
before(async () => {
  if (modelPath === undefined) return;
  engine = await createLlamaEngines({ log: silentLog }).open(
    { ...tinySpec, modelPath, sha256: '0'.repeat(64), chatTemplate: template },
    { signal: new AbortController().signal, onProgress: () => {} },
  );
});
after(() => engine?.close());

const greedy = { sampling: { temperature: 0 } };

test('a real model goes on with a text', { skip }, async () => {
  assert.ok(engine);
  const { text } = await answer(engine, { ...greedy, input: { prompt: 'One, two, three, four, five,' }, maxTokens: 6 });
  assert.match(text, /six/);
});

test('a real model fills a schema with something', { skip }, async () => {
  assert.ok(engine);
  const schema = {
    type: 'object',
    properties: { city: { type: 'string', minLength: 2, maxLength: 30 }, population: { type: 'integer', minimum: 0 } },
    required: ['city', 'population'],
  };
  const { text, finished } = await answer(engine, {
    ...greedy,
    input: chat([message('user', 'The capital of France as JSON')]),
    maxTokens: 80,
    constraint: { jsonSchema: JSON.stringify(schema), kind: 'jsonSchema' },
  });
  assert.equal(finished?.choices?.[0]?.finishReason, 'stop');
  const value = JSON.parse(text);
  assert.ok(value.city.length >= 2 && Number.isInteger(value.population));
});

test('kept state gives the answer of fresh state', { skip }, async () => {
  assert.ok(engine);
  const parts = {
    ...greedy,
    orgId: newOrg(),
    input: { prompt: `${'The house was quiet. '.repeat(20)}Then somebody` },
    maxTokens: 12,
  };
  const first = await answer(engine, parts);
  const again = await answer(engine, parts);
  assert.ok(Number(again.finished?.usage?.cachedTokens) > 50);
  assert.equal(again.text, first.text);
});

test('logprobs with and without a constraint agree at temperature 0', { skip }, async () => {
  assert.ok(engine);
  const parts = { ...greedy, input: { prompt: 'The capital of France is' }, maxTokens: 1, topLogprobs: 3 };
  const free = (await answer(engine, parts)).chunks[0]?.logprobs?.[0];
  const bound = (await answer(engine, { ...parts, constraint: { gbnf: 'root ::= [^~]+', kind: 'gbnf' } })).chunks[0]
    ?.logprobs?.[0];
  assert.equal(bound?.token, free?.token);
  assert.ok(Math.abs(Number(bound?.logprob) - Number(free?.logprob)) < 0.05);
});
