import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { writeTinyGguf } from '@sangha/testkit/tiny-gguf';
import OpenAI from 'openai';
import { orLeaveOut } from '../src/left-out.ts';
import { type NodeProcess, removeHome, startNode } from '../src/node-process.ts';
import { packagedGemma } from '../src/packaged-gemma.ts';

const gemma = await orLeaveOut('the packaged Gemma', packagedGemma);

/** The official client, unmodified, against a real model. The model is a base one: its words are not judged, their form is. */
suite('the official OpenAI client on a node that serves the packaged Gemma', { skip: gemma.skip }, () => {
  let node: NodeProcess;
  let openai: OpenAI;
  const turn = (content: string) => [{ role: 'user' as const, content }];

  before(async () => {
    node = await startNode({ args: ['--model', gemma.value ?? ''], env: { BODHI_MODEL_THREADS: '1' } });
    openai = new OpenAI({ baseURL: `${node.url}/v1`, apiKey: node.token, maxRetries: 0, timeout: 240_000 });
  });
  after(async () => {
    await node?.stop();
    removeHome(node.home);
  });

  test('lists the model under the name of its file', async () => {
    const { data } = await openai.models.list();
    assert.deepEqual(
      data.map(({ id }) => id),
      [node.model],
    );
    assert.equal((await openai.models.retrieve(node.model)).object, 'model');
  });

  test('answers a chat with exact usage', async () => {
    const reply = await openai.chat.completions.create({
      model: node.model,
      messages: turn('Say hello.'),
      max_tokens: 8,
      temperature: 0,
    });
    const [choice] = reply.choices;
    assert.equal(choice?.message.role, 'assistant');
    assert.ok(choice?.finish_reason === 'length' || choice?.finish_reason === 'stop');
    assert.ok((reply.usage?.completion_tokens ?? 0) > 0 && (reply.usage?.completion_tokens ?? 99) <= 8);
    assert.equal(reply.usage?.total_tokens, (reply.usage?.prompt_tokens ?? 0) + (reply.usage?.completion_tokens ?? 0));
  });

  test('streams the same text as it answers at once, when nothing is left to chance', async () => {
    const ask = { model: node.model, messages: turn('Count: one two three'), max_tokens: 12, temperature: 0 };
    const whole = await openai.chat.completions.create(ask);
    const stream = await openai.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } });
    let text = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, whole.choices[0]?.message.content);
    assert.equal(usage?.completion_tokens, whole.usage?.completion_tokens);
  });

  test('stops generating when the client aborts', async () => {
    const stream = await openai.chat.completions.create({
      model: node.model,
      messages: turn('Write without an end.'),
      max_tokens: 3000,
      stream: true,
    });
    let pieces = 0;
    for await (const _ of stream) if (++pieces === 5) stream.controller.abort();
    assert.ok(pieces >= 5);
    // The engine is free again: four sequences, and a fifth request still gets its turn at once.
    await Promise.all(
      Array.from({ length: 4 }, () => openai.chat.completions.create({ model: node.model, messages: turn('Hi'), max_tokens: 1 })),
    );
  });

  test('calls the tool that it is told to call, with arguments of the right form', async () => {
    const reply = await openai.chat.completions.create({
      model: node.model,
      messages: turn('What is the weather in Paris?'),
      max_tokens: 64,
      temperature: 0,
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            parameters: {
              type: 'object',
              properties: { city: { type: 'string', maxLength: 20 } },
              required: ['city'],
              additionalProperties: false,
            },
          },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
    });
    const [call] = reply.choices[0]?.message.tool_calls ?? [];
    assert.equal(call?.type === 'function' && call.function.name, 'get_weather');
    assert.equal(typeof JSON.parse((call?.type === 'function' && call.function.arguments) || '{}').city, 'string');
    assert.equal(reply.choices[0]?.finish_reason, 'tool_calls');
  });

  test('keeps to a JSON schema', async () => {
    const reply = await openai.chat.completions.create({
      model: node.model,
      messages: turn('Is water wet?'),
      max_tokens: 64,
      temperature: 0,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'verdict',
          strict: true,
          schema: {
            type: 'object',
            properties: { verdict: { enum: ['yes', 'no'] }, certain: { type: 'boolean' } },
            required: ['verdict', 'certain'],
            additionalProperties: false,
          },
        },
      },
    });
    const value = JSON.parse(reply.choices[0]?.message.content ?? '');
    assert.ok(['yes', 'no'].includes(value.verdict) && typeof value.certain === 'boolean');
  });

  test('completes a plain prompt', async () => {
    const reply = await openai.completions.create({
      model: node.model,
      prompt: 'Paris is the capital of',
      max_tokens: 4,
      temperature: 0,
    });
    assert.ok((reply.choices[0]?.text.length ?? 0) > 0);
  });

  test('refuses a prompt beyond the context and says both numbers', async () => {
    await assert.rejects(
      openai.chat.completions.create({ model: node.model, messages: turn('word '.repeat(60_000)) }),
      (error: InstanceType<typeof OpenAI.APIError>) => {
        assert.equal(error.status, 400);
        assert.equal(error.code, 'context_length_exceeded');
        assert.match(error.message, /\d+.*\d+/);
        return true;
      },
    );
  });

  test('embeds with a model made for it, and refuses to with one that is not', async () => {
    await node.stop();
    const file = join(node.home, 'tiny-bert.gguf');
    await writeTinyGguf(file, { arch: 'bert' });
    node = await startNode({ home: node.home, args: ['--model', file] });
    openai = new OpenAI({ baseURL: `${node.url}/v1`, apiKey: node.token, maxRetries: 0 });
    const names = (await openai.models.list()).data.map(({ id }) => id);
    assert.equal(names.length, 2);
    const { data, usage } = await openai.embeddings.create({ model: 'tiny-bert', input: ['the way of water', 'more people'] });
    assert.equal(data.length, 2);
    for (const { embedding } of data) assert.ok(Math.abs(Math.hypot(...embedding) - 1) < 1e-3);
    assert.ok(usage.prompt_tokens > 0);
    await assert.rejects(openai.embeddings.create({ model: names.find((name) => name !== 'tiny-bert') ?? '', input: 'x' }), {
      code: 'not_an_embedding_model',
    });
  });
});
