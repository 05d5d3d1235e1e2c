import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { AppError } from '@sangha/errors';
import { createInferenceRunner, runnerConfig } from '@sangha/inference-runner';
import { createScriptedEngines, type Script } from '@sangha/inference-runner/scripted';
import type { Inference } from '@sangha/protos';
import type { Handlers } from '@sangha/rpc';
import { createLogger, createMetrics } from '@sangha/telemetry';
import OpenAI from 'openai';
import { localTarget, startGateway, type World, type WorldOptions } from './support/start-gateway.ts';
import { until } from './support/until.ts';

const messages = [{ role: 'user' as const, content: 'one two three' }];

async function start(t: TestContext, options: WorldOptions) {
  const world = await startGateway(options);
  t.after(() => world.close());
  const org = world.addOrganization('acme');
  const token = world.addToken(org);
  world.addModel(org, 'm', localTarget);
  const openai = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: token, maxRetries: 0 });
  const post = (path: string, body: unknown, signal?: AbortSignal) =>
    fetch(`${world.url}/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
  return { world, org, token, openai, post };
}

/** The gateway before a real runner whose engines answer by a script. */
async function startWithRunner(t: TestContext, script: Script = {}, kind: 'generation' | 'embedding' = 'generation') {
  const engines = createScriptedEngines({ models: { [localTarget.local.sha256]: { kind, script } } });
  const silent = { write: () => {} };
  const runner = createInferenceRunner({
    engines,
    blobs: engines.blobs,
    inspect: engines.inspect,
    messaging: {
      publish: async () => {},
      consume: () => ({ close: async () => {} }),
      broadcast: () => {},
      listen: () => ({ close: () => {} }),
      close: async () => {},
    },
    log: createLogger({ service: 'runner', level: 'silent', destination: silent }),
    metrics: createMetrics({ service: 'runner' }),
    config: runnerConfig({ closeGraceMs: 100 }),
  });
  const started = await start(t, { services: runner.services });
  t.after(() => runner.close());
  return { ...started, engines };
}

type Generate = Handlers<typeof Inference>['generate'];
const chunk = (text: string, index = 0) => ({ index, text, reasoning: '', toolCalls: [], logprobs: [], tokens: 1 });
const started = { started: { promptTokens: 3, cachedTokens: 0 } };
const finished = {
  finished: {
    choices: [{ index: 0, finishReason: 'stop', completionTokens: 2 }],
    usage: { promptTokens: 3, completionTokens: 2 },
  },
};

/** Answers with fixed events, and keeps what it was asked. */
const fixed = (events: unknown[], asked: unknown[] = []): Partial<Handlers<typeof Inference>> => ({
  generate: async function* (request) {
    asked.push(request);
    for (const event of events) {
      if (event instanceof Error) throw event;
      yield event as never;
    }
  } satisfies Generate,
});

test('the official client chats with a model of ours, whole and streaming, with exact usage', async (t) => {
  const { openai } = await startWithRunner(t, { reply: 'Hello dear world' });
  const whole = await openai.chat.completions.create({ model: 'm', messages });
  assert.equal(whole.choices[0]?.message.content, 'Hello dear world');
  assert.equal(whole.choices[0]?.finish_reason, 'stop');
  assert.equal(whole.usage?.completion_tokens, 3);
  assert.equal(whole.model, 'm');
  const stream = openai.chat.completions.stream({ model: 'm', messages, stream_options: { include_usage: true } });
  const final = await stream.finalChatCompletion();
  assert.equal(final.choices[0]?.message.content, 'Hello dear world');
  assert.equal(final.usage?.completion_tokens, 3);
  assert.equal(final.usage?.total_tokens, (final.usage?.prompt_tokens ?? 0) + 3);
});

test('several choices, stop strings, max_tokens and logprobs arrive as the client expects them', async (t) => {
  const { openai } = await startWithRunner(t, { reply: (_request, choice) => `c${choice} alpha beta STOP gamma` });
  const two = await openai.chat.completions.create({ model: 'm', messages, n: 2, stop: 'STOP', logprobs: true, top_logprobs: 2 });
  assert.deepEqual(
    two.choices.map(({ index, message }) => [index, message.content?.trim()]),
    [
      [0, 'c0 alpha beta'],
      [1, 'c1 alpha beta'],
    ],
  );
  assert.equal(two.choices[0]?.logprobs?.content?.[0]?.top_logprobs.length, 2);
  const short = await openai.chat.completions.create({ model: 'm', messages, max_completion_tokens: 2 });
  assert.equal(short.choices[0]?.finish_reason, 'length');
  assert.equal(short.usage?.completion_tokens, 2);
});

test('tool calls stream with their name first and their arguments after', async (t) => {
  const tools = [
    {
      type: 'function' as const,
      function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
    },
  ];
  const { openai } = await startWithRunner(t, { reply: { toolCalls: [{ name: 'get_weather', arguments: '{"city":"Paris"}' }] } });
  const whole = await openai.chat.completions.create({ model: 'm', messages, tools, tool_choice: 'required' });
  assert.equal(whole.choices[0]?.finish_reason, 'tool_calls');
  assert.equal(whole.choices[0]?.message.content, null);
  const stream = await openai.chat.completions.stream({ model: 'm', messages, tools }).finalChatCompletion();
  for (const answer of [whole, stream]) {
    const call = answer.choices[0]?.message.tool_calls?.[0];
    assert.ok(call?.type === 'function' && call.id.length > 0);
    assert.deepEqual(call.function.name, 'get_weather');
    assert.equal(call.function.arguments, '{"city":"Paris"}');
  }
});

test('completions take texts, several of them and tokens, echo them, and number the choices through', async (t) => {
  const { openai, post } = await startWithRunner(t, { reply: ' tail end' });
  const echoed = await openai.completions.create({ model: 'm', prompt: ['one', 'two'], n: 2, echo: true });
  assert.deepEqual(
    echoed.choices.map(({ index, text }) => [index, text]),
    [
      [0, 'one tail end'],
      [1, 'one tail end'],
      [2, 'two tail end'],
      [3, 'two tail end'],
    ],
  );
  assert.equal(echoed.usage?.completion_tokens, 8);
  const tokens = await openai.completions.create({ model: 'm', prompt: [1, 2, 3], logprobs: 1 });
  assert.equal(tokens.choices[0]?.logprobs?.tokens?.join(''), ' tail end');
  assert.deepEqual(tokens.choices[0]?.logprobs?.text_offset, [0, 5]);
  const stream = await openai.completions.create({ model: 'm', prompt: ['a', 'b'], stream: true, echo: true });
  const texts = ['', ''];
  for await (const part of stream) for (const { index, text } of part.choices) texts[index] += text;
  assert.deepEqual(texts, ['a tail end', 'b tail end']);
  assert.equal((await post('/completions', { model: 'm', prompt: 'x', suffix: 'y' })).status, 400);
});

test('embeddings come as numbers or as base64, and never shortened', async (t) => {
  const { openai, post } = await startWithRunner(t, {}, 'embedding');
  const floats = await openai.embeddings.create({ model: 'm', input: ['a', 'b'], encoding_format: 'float' });
  const coded = await openai.embeddings.create({ model: 'm', input: ['a', 'b'] });
  assert.equal(floats.data.length, 2);
  const size = floats.data[0]?.embedding.length ?? 0;
  assert.ok(size > 0);
  assert.deepEqual(coded.data[1]?.embedding, floats.data[1]?.embedding);
  assert.equal((await post('/embeddings', { model: 'm', input: 'a', dimensions: size })).status, 200);
  assert.equal((await post('/embeddings', { model: 'm', input: 'a', dimensions: size - 1 })).status, 400);
  assert.equal((await post('/chat/completions', { model: 'm', messages })).status, 400);
});

test('every field of a chat request reaches the runner, the alias filling in what the request left out', async (t) => {
  const asked: Record<string, never>[] = [];
  const { world, org, post } = await start(t, {
    inference: fixed([started, { delta: { chunks: [chunk('x')] } }, finished], asked),
  });
  world.addModel(org, 'alias', {
    local: { ...localTarget.local, context: { contextSize: 2048, sequences: 2 } },
    requestParams: '{"temperature":0.25,"top_p":0.5,"seed":1}',
  });
  world.setSetting(org, 'BODHI_KEEP_ALIVE_SECS', 77);
  const response = await post('/chat/completions', {
    model: 'alias',
    messages: [
      { role: 'system', content: 'be' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
        name: 'nn',
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'r' },
    ],
    temperature: 1.5,
    top_k: 5,
    min_p: 0.125,
    frequency_penalty: 0.5,
    presence_penalty: -0.5,
    repeat_penalty: 1.25,
    seed: -1,
    max_tokens: 5,
    max_completion_tokens: 6,
    stop: ['a', 'b'],
    logit_bias: { 7: -100 },
    tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } }],
    tool_choice: { type: 'function', function: { name: 'f' } },
    parallel_tool_calls: false,
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } },
    chat_template_kwargs: { enable_thinking: false },
    user: 'u',
    metadata: { unknown: 'ignored' },
  });
  assert.equal(response.status, 200);
  const request = JSON.parse(JSON.stringify(asked[0])) as Record<string, Record<string, unknown>>;
  assert.equal(request.requestId, response.headers.get('x-request-id'));
  assert.partialDeepStrictEqual(request.sampling, {
    logitBias: { 7: -100 },
    temperature: 1.5,
    topP: 0.5,
    topK: 5,
    minP: 0.125,
    frequencyPenalty: 0.5,
    presencePenalty: -0.5,
    repeatPenalty: 1.25,
    seed: 4_294_967_295,
  });
  assert.deepEqual([request.modelId, request.maxTokens, request.stop, request.n], ['alias', 6, ['a', 'b'], 1]);
  assert.partialDeepStrictEqual(request.constraint, { jsonSchema: '{"type":"object"}' });
  assert.partialDeepStrictEqual(request.model, {
    sha256: localTarget.local.sha256,
    contextSize: 2048,
    sequences: 2,
    keepAliveSecs: 77,
    chatTemplate: '{{ messages }}',
  });
  assert.partialDeepStrictEqual(request.chat, {
    toolChoice: 'function:f',
    parallelToolCalls: false,
    templateKwargs: '{"enable_thinking":false}',
    tools: [{ name: 'f', description: 'd', parameters: '{"type":"object"}', strict: true }],
  });
  const chat = request.chat?.messages as Record<string, unknown>[];
  assert.deepEqual(
    chat.map(({ role, content }) => [role, content]),
    [
      ['system', 'be'],
      ['user', 'ab'],
      ['assistant', ''],
      ['tool', 'r'],
    ],
  );
  assert.deepEqual(chat[2]?.toolCalls, [{ id: 'c1', name: 'f', arguments: '{}' }]);
  assert.equal(chat[3]?.toolCallId, 'c1');
});

test('a wrong field is a 400 that names it, before the runner is asked', async (t) => {
  const asked: unknown[] = [];
  const { post } = await start(t, { inference: fixed([], asked) });
  const wrong: [Record<string, unknown>, string, string][] = [
    [{ messages: undefined }, 'messages', 'missing_field'],
    [{ messages: [] }, 'messages', 'invalid_value'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role', 'invalid_value'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content', 'invalid_value'],
    [
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'a' },
              { type: 'image_url', image_url: { url: 'x' } },
            ],
          },
        ],
      },
      'messages[0].content[1]',
      'unsupported_content',
    ],
    [{ temperature: 3 }, 'temperature', 'invalid_value'],
    [{ temperature: 'hot' }, 'temperature', 'invalid_value'],
    [{ top_p: -0.1 }, 'top_p', 'invalid_value'],
    [{ n: 1_000_000_000 }, 'n', 'invalid_value'],
    [{ n: 1.5 }, 'n', 'invalid_value'],
    [{ max_tokens: 0 }, 'max_tokens', 'invalid_value'],
    [{ stop: Array(17).fill('x') }, 'stop', 'invalid_value'],
    [{ logit_bias: Object.fromEntries(Array.from({ length: 1025 }, (_, id) => [id, 1])) }, 'logit_bias', 'invalid_value'],
    [{ logit_bias: { 1: 101 } }, 'logit_bias.1', 'invalid_value'],
    [{ logit_bias: { x: 1 } }, 'logit_bias.x', 'invalid_value'],
    [{ top_logprobs: 3 }, 'top_logprobs', 'invalid_value'],
    [{ top_logprobs: 21, logprobs: true }, 'top_logprobs', 'invalid_value'],
    [{ response_format: { type: 'xml' } }, 'response_format.type', 'invalid_value'],
    [{ tool_choice: 'required' }, 'tool_choice', 'invalid_value'],
    [
      { tool_choice: { type: 'function', function: { name: 'g' } }, tools: [{ type: 'function', function: { name: 'f' } }] },
      'tool_choice',
      'invalid_value',
    ],
    [{ functions: [] }, 'functions', 'invalid_value'],
    [{ stream: 'yes' }, 'stream', 'invalid_value'],
    [{ model: 7 }, 'model', 'invalid_value'],
    [{ model: '' }, 'model', 'missing_field'],
    [{ model: 'other' }, 'model', 'model_not_found'],
  ];
  for (const [fields, param, code] of wrong) {
    const response = await post('/chat/completions', { model: 'm', messages, ...fields });
    const { error } = (await response.json()) as { error: { code: string; param: string; message: string } };
    assert.deepEqual(
      [response.status, error.code, error.param],
      [code === 'model_not_found' ? 404 : 400, code, param],
      JSON.stringify(fields).slice(0, 100),
    );
    assert.ok(error.message.length > 5);
  }
  assert.equal(asked.length, 0);
});

test('a failure before the first byte is an HTTP status, with the seconds to wait', async (t) => {
  for (const stream of [false, true]) {
    const busy = new AppError('queue_full', 'Too many wait.', { retryAfterSecs: 3 });
    const { post } = await start(t, { inference: fixed([busy]) });
    const response = await post('/chat/completions', { model: 'm', messages, stream });
    assert.equal(response.status, 429);
    assert.equal(response.headers.get('retry-after'), '3');
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.equal(((await response.json()) as { error: { type: string } }).error.type, 'rate_limit_error');
  }
});

test('a failure in the middle of a stream is an error event, then the terminal event', async (t) => {
  const { world, post } = await start(t, {
    inference: fixed([started, { delta: { chunks: [chunk('a')] } }, new Error('secret of the engine')]),
  });
  const text = await (await post('/chat/completions', { model: 'm', messages, stream: true })).text();
  const events = text.trimEnd().split('\n\n');
  assert.equal(events.length, 4);
  assert.match(events[2] ?? '', /^data: \{"error":\{"message":"[^"]+","type":"internal_error","code":"internal"\}\}$/);
  assert.equal(events[3], 'data: [DONE]');
  assert.ok(!text.includes('secret of the engine'));
  assert.ok(world.logged.join('').includes('secret of the engine'));
});

test('a runner that stops without its last event is a failure, streaming or not', async (t) => {
  const { post } = await start(t, { inference: fixed([started, { delta: { chunks: [chunk('a')] } }]) });
  assert.match(
    await (await post('/chat/completions', { model: 'm', messages, stream: true })).text(),
    /"code":"engine_crashed".*\n\ndata: \[DONE\]\n\n$/s,
  );
  assert.equal((await post('/chat/completions', { model: 'm', messages })).status, 503);
});

test('a stream begins with the role, sends the tokens of one tick in one piece, ends with the reason, and usage only when asked', async (t) => {
  const { post } = await start(t, {
    inference: fixed([
      { queued: { position: 3 } },
      { loading: { fraction: 0.4, ready: false } },
      started,
      { delta: { chunks: [chunk('a'), { ...chunk('b'), reasoning: 'r' }] } },
      finished,
    ]),
  });
  const text = await (await post('/chat/completions', { model: 'm', messages, stream: true })).text();
  const events = text.trimEnd().split('\n\n');
  assert.deepEqual(events.slice(0, 2), [': queued 3', ': loading 40%']);
  const parts = events
    .slice(2, -1)
    .map((event) => JSON.parse(event.slice(6)) as { choices: { delta: unknown; finish_reason: unknown }[] });
  assert.deepEqual(
    parts.map(({ choices }) => choices[0]?.delta),
    [{ role: 'assistant', content: '' }, { content: 'a' }, { reasoning_content: 'r' }, { content: 'b' }, {}],
  );
  assert.equal(parts.at(-1)?.choices[0]?.finish_reason, 'stop');
  assert.ok(!text.includes('usage'));
  assert.equal(events.at(-1), 'data: [DONE]');
});

test('a caller that hangs up frees the engine, streaming or not', async (t) => {
  const { engines, post } = await startWithRunner(t, { reply: 'word '.repeat(2000), tokenMs: 5 });
  for (const stream of [true, false]) {
    const abort = new AbortController();
    const answer = post('/chat/completions', { model: 'm', messages, stream }, abort.signal).then((response) => response.text());
    await until(() => engines.opened[0]?.busy === 1);
    abort.abort();
    await assert.rejects(answer);
    await until(() => engines.opened[0]?.busy === 0);
  }
});

test('a slow reader holds the engine back instead of filling our memory', async (t) => {
  let sent = 0;
  let ended = false;
  const { post } = await start(t, {
    inference: {
      generate: async function* () {
        try {
          yield started as never;
          for (; sent < 5000; sent += 1) yield { delta: { chunks: [chunk('x'.repeat(64 * 1024))] } } as never;
        } finally {
          ended = true;
        }
      },
    },
  });
  const abort = new AbortController();
  await post('/chat/completions', { model: 'm', messages, stream: true }, abort.signal);
  let before = -1;
  while (before !== sent) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  assert.ok(sent < 1000, `${sent} pieces of 64 KiB were taken in`);
  abort.abort();
  await until(() => ended);
});

test('closing ends a stream of ours with an error and the terminal event', async (t) => {
  const { world, post } = await startWithRunner(t, { reply: 'word '.repeat(5000), tokenMs: 5 });
  const response = await post('/chat/completions', { model: 'm', messages, stream: true });
  const closing = world.close();
  assert.match(await response.text(), /"code":"shutting_down".*\n\ndata: \[DONE\]\n\n$/s);
  await closing;
});

test('models are listed and described as far as the token is granted them', async (t) => {
  const { world, org, openai } = await start(t, {});
  world.addModel(org, 'team/big:Q4', localTarget);
  const names = async (client: OpenAI) => (await client.models.list()).data.map(({ id }) => id);
  assert.deepEqual(await names(openai), ['m', 'team/big:Q4']);
  assert.equal((await openai.models.retrieve('team/big:Q4')).id, 'team/big:Q4');
  const narrow = (models_list: boolean) =>
    world.addToken(org, { grants: JSON.stringify({ version: '1', models_list, models: { type: 'specific', ids: ['m'] } }) });
  const client = (token: string) => new OpenAI({ baseURL: `${world.url}/v1`, apiKey: token, maxRetries: 0 });
  assert.deepEqual(await names(client(narrow(true))), ['m']);
  await assert.rejects(names(client(narrow(false))), { status: 403 });
  const limited = client(narrow(true));
  await assert.rejects(limited.models.retrieve('team/big:Q4'), { status: 404 });
  await assert.rejects(limited.chat.completions.create({ model: 'team/big:Q4', messages }), {
    status: 403,
    code: 'model_not_granted',
  });
});

test('a body beyond the limit, compressed, damaged or doubled is refused', async (t) => {
  const { world, token, post } = await start(t, { config: { maxBodyBytes: 2000 }, inference: fixed([]) });
  const code = async (response: Response): Promise<string> =>
    `${response.status} ${((await response.json()) as { error: { code: string } }).error.code}`;
  assert.equal(await code(await post('/chat/completions', { model: 'm', pad: 'x'.repeat(2000) })), '413 body_too_large');
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1000)) });
  const streamed = await fetch(`${world.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-api-key': token },
    body: endless,
    duplex: 'half',
  } as RequestInit).then(code, () => '413 body_too_large');
  assert.equal(streamed, '413 body_too_large');
  const zipped = await fetch(`${world.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-api-key': token, 'content-encoding': 'gzip' },
    body: 'x',
  });
  assert.equal(await code(zipped), '400 invalid_request');
  assert.equal(await code(await post('/chat/completions', '{"model":"m"')), '400 invalid_json');
  assert.equal(await code(await post('/chat/completions', '{"model":"m","model":"x"}')), '400 duplicate_key');
  assert.equal(await code(await post('/chat/completions', '')), '400 invalid_json');
});

test("a request that names no model gets the organisation's default", async (t) => {
  const asked: { modelId: string }[] = [];
  const { world, org, post } = await start(t, { inference: fixed([started, finished], asked) });
  const bare = () => post('/chat/completions', { messages });
  assert.equal((await bare()).status, 400);
  world.setSetting(org, 'BODHI_DEFAULT_MODEL', 'm');
  world.registryChanged(org);
  assert.equal((await bare()).status, 200);
  assert.equal(asked[0]?.modelId, 'm');
});

export type { World };

test('tokens per minute are reserved before and settled after, also when the answer is refused at the end', async (t) => {
  const { world, org, post } = await startWithRunner(t, {}, 'embedding');
  world.setSetting(org, 'BODHI_TOKENS_PER_MINUTE', 200);
  world.registryChanged(org);
  const refused = () =>
    post('/embeddings', { model: 'm', input: 'a b c d e f g h i j k l m n o p q r s t u v w x y z '.repeat(2), dimensions: 1 });
  const statuses = [];
  for (let count = 0; count < 30; count += 1) statuses.push((await refused()).status);
  // What was computed counts, though the caller did not want it in the end: the minute runs out.
  assert.equal(statuses[0], 400);
  assert.equal(statuses.at(-1), 429);
});
