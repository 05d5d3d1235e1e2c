import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import OpenAI from 'openai';
import { remoteTarget, startGateway, type WorldOptions } from './support/start-gateway.ts';
import { json, sse, startUpstream, type UpstreamCall } from './support/upstream.ts';

async function start(
  t: TestContext,
  answer: (call: UpstreamCall) => void | Promise<void>,
  options: WorldOptions = {},
  target: Parameters<typeof remoteTarget>[1] = {},
) {
  const upstream = await startUpstream(answer);
  const world = await startGateway(options);
  t.after(async () => {
    await world.close();
    await upstream.close();
  });
  const org = world.addOrganization('acme');
  const token = world.addToken(org);
  world.addModel(org, 'up/gpt', remoteTarget(upstream.url, target));
  const openai = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: token, maxRetries: 0 });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { upstream, world, org, token, openai, post };
}

const answerBody = {
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-up',
  choices: [{ index: 0, message: { role: 'assistant', content: 'say "usage":{"prompt_tokens":99}' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, prompt_tokens_details: { cached_tokens: 2 } },
};
const messages = [{ role: 'user' as const, content: 'hi' }];
const chunk = (content: string) =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'gpt-up', choices: [{ index: 0, delta: { content }, finish_reason: null }], usage: null })}\n\n`;
const usageChunk = `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'gpt-up', choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } })}\n\n`;

test('a request to a remote model goes on byte for byte, with the model name replaced and nothing of the caller but the body', async (t) => {
  const { upstream, world, post, token } = await start(t, ({ res }) => json(res, 200, answerBody));
  const response = await post('{ "messages" : [ {"role":"user","content":"h\\u0069"} ], "model":"up/gpt" , "x":1.50 }', {
    'x-bodhiapp-user-id': 'evil',
    cookie: 'a=b',
  });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), answerBody);
  const [call] = upstream.calls;
  assert.equal(call?.body, '{"model":"gpt-up","messages" : [ {"role":"user","content":"h\\u0069"} ],"x":1.50}');
  assert.equal(call?.path, '/v1/chat/completions');
  assert.equal(call?.headers.authorization, 'Bearer upstream-key-1234567890');
  assert.equal(call?.headers['x-bodhiapp-user-id'], undefined);
  assert.equal(call?.headers.cookie, undefined);
  assert.ok(!JSON.stringify(call?.headers).includes(token));
  assert.match(response.headers.get('x-request-id') ?? '', /^req_/);
  assert.equal(world.usage.length, 1);
  const { promptTokens, completionTokens, cachedTokens, source, outcome, requestId, model } = world.usage[0] ?? {};
  assert.deepEqual(
    { promptTokens, completionTokens, cachedTokens, source, outcome, model },
    { promptTokens: 7, completionTokens: 3, cachedTokens: 2, source: 'remote', outcome: 'completed', model: 'up/gpt' },
  );
  assert.equal(requestId, response.headers.get('x-request-id'));
});

test('the official client streams from a remote model; the usage chunk is metered and hidden from who did not ask for it', async (t) => {
  const { upstream, world, openai } = await start(t, ({ res }) => {
    sse(res);
    res.end(`${chunk('Hel')}${chunk('lo')}${usageChunk}data: [DONE]\n\n`);
  });
  const plain = await openai.chat.completions.create({ model: 'up/gpt', messages, stream: true });
  const seen = [];
  for await (const part of plain) seen.push(part);
  assert.equal(seen.map((part) => part.choices[0]?.delta.content).join(''), 'Hello');
  assert.ok(seen.every((part) => part.choices.length === 1));
  assert.deepEqual(upstream.calls[0]?.json.stream_options, { include_usage: true });
  const asking = await openai.chat.completions.create({
    model: 'up/gpt',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  let total = 0;
  for await (const part of asking) total += part.usage?.total_tokens ?? 0;
  assert.equal(total, 7);
  assert.deepEqual(
    world.usage.map(({ promptTokens, completionTokens }) => [promptTokens, completionTokens]),
    [
      [5, 2],
      [5, 2],
    ],
  );
});

test('events that arrive in pieces of any size come out whole', async (t) => {
  const text = `${chunk('"usage":{ ok')}${chunk('é€😀')}${usageChunk}data: [DONE]\n\n`;
  const { world, post } = await start(t, async ({ res, json: body }) => {
    sse(res);
    const bytes = Buffer.from(body.crlf === true ? text.replaceAll('\n\n', '\r\n\r\n') : text);
    for (let at = 0; at < bytes.length; at += 7) {
      res.write(bytes.subarray(at, at + 7));
      await new Promise((resolve) => setImmediate(resolve));
    }
    res.end();
  });
  const expected = `${chunk('"usage":{ ok')}${chunk('é€😀')}data: [DONE]\n\n`;
  assert.equal(await (await post({ model: 'up/gpt', messages, stream: true })).text(), expected);
  assert.equal(
    await (await post({ model: 'up/gpt', messages, stream: true, crlf: true })).text(),
    expected.replaceAll('\n\n', '\r\n\r\n'),
  );
  assert.deepEqual(
    world.usage.map(({ promptTokens }) => promptTokens),
    [5, 5],
  );
});

test("a provider's refusal reaches the caller in our shape, without the key", async (t) => {
  const { world, post } = await start(t, ({ res, json: { ask } }) => {
    const status = Number(ask);
    json(
      res,
      status,
      {
        error: { message: `bad upstream-key-1234567890 thing ${'x'.repeat(5000)}`, type: 'x', code: 'weird', param: 'messages' },
      },
      { 'retry-after': '7' },
    );
  });
  const expected: Record<number, [number, string]> = {
    400: [400, 'invalid_request'],
    401: [502, 'upstream_failed'],
    403: [502, 'upstream_failed'],
    404: [404, 'model_not_found'],
    422: [422, 'unprocessable'],
    429: [429, 'rate_limited'],
    500: [502, 'upstream_failed'],
    302: [502, 'upstream_failed'],
  };
  for (const [status, [ours, code]] of Object.entries(expected)) {
    const response = await post({ model: 'up/gpt', messages, ask: status });
    assert.equal(response.status, ours, status);
    const { error } = (await response.json()) as { error: { code: string; message: string; params: object } };
    assert.equal(error.code, code);
    assert.match(error.message, /bad \[redacted\] thing/);
    assert.ok(error.message.length < 2100);
    assert.deepEqual(error.params, { upstream_status: Number(status), upstream_code: 'weird' });
    assert.equal(response.headers.get('retry-after'), status === '429' ? '7' : null);
  }
  assert.equal(world.usage.length, 0);
  assert.ok(!world.logged.join('').includes('upstream-key-1234567890'));
});

test('a stream that breaks in the middle ends with an error event and the terminal event', async (t) => {
  const { world, post } = await start(t, async ({ res }) => {
    sse(res);
    res.write(`${chunk('one')}${chunk('two')}data: {"half`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    res.destroy();
  });
  const text = await (await post({ model: 'up/gpt', messages, stream: true })).text();
  const events = text.trimEnd().split('\n\n');
  assert.equal(events.length, 4);
  assert.match(events[2] ?? '', /^data: \{"error":\{.*"code":"upstream_unreachable"/);
  assert.equal(events[3], 'data: [DONE]');
  assert.equal(world.usage[0]?.outcome, 'failed');
  assert.equal(world.usage[0]?.completionTokens, 2);
});

test('a stream that ends without its terminal event gets one', async (t) => {
  const { post } = await start(t, ({ res }) => {
    sse(res);
    res.end(`${chunk('[DONE]')}data: last`);
  });
  assert.equal(
    await (await post({ model: 'up/gpt', messages, stream: true })).text(),
    `${chunk('[DONE]')}data: last\n\ndata: [DONE]\n\n`,
  );
});

test('when the caller hangs up the provider is told, and what was generated is metered as aborted', async (t) => {
  let told: (() => void) | undefined;
  const gone = new Promise<void>((resolve) => {
    told = resolve;
  });
  const { world, token } = await start(t, ({ res, closed }) => {
    sse(res);
    res.write(chunk('a') + chunk('b'));
    void closed.then(told);
  });
  const abort = new AbortController();
  const response = await fetch(`${world.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-api-key': token },
    body: JSON.stringify({ model: 'up/gpt', messages, stream: true }),
    signal: abort.signal,
  });
  await response.body?.getReader().read();
  abort.abort();
  await gone;
  await until(() => world.usage.length === 1);
  assert.equal(world.usage[0]?.outcome, 'aborted');
  assert.equal(world.usage[0]?.completionTokens, 2);
});

test('a provider that does not answer, is not there or lies in our own network gives a proper error', async (t) => {
  const { world, org, post } = await start(t, () => {}, { config: { upstream: { headersTimeoutMs: 300 } } });
  assert.equal((await post({ model: 'up/gpt', messages })).status, 504);
  const ask = async (name: string, url: string): Promise<string> => {
    world.addModel(org, name, remoteTarget(url));
    const response = await post({ model: name, messages });
    return `${response.status} ${((await response.json()) as { error: { code: string } }).error.code}`;
  };
  assert.equal(await ask('a', 'http://127.0.0.1:9/v1'), '502 upstream_unreachable');
  assert.equal(await ask('b', 'http://169.254.169.254/v1'), '400 address_refused');
  assert.equal(await ask('c', 'https://169.254.169.254/v1'), '400 address_refused');
  assert.equal(await ask('d', 'https://10.0.0.1/v1'), '400 address_refused');
  assert.equal(await ask('f', 'http://example.com/v1'), '400 address_refused');
  assert.equal(await ask('g', 'https://[::ffff:10.0.0.1]/v1'), '400 address_refused');
  assert.equal(await ask('h', 'file:///etc/passwd'), '400 model_unusable');
});

test('a name is judged by the address it resolves to', async (t) => {
  const { world, org, post } = await start(t, () => {}, { config: { upstream: { allowedPrivateHosts: ['10.9.9.9'] } } });
  world.addModel(org, 'sly', remoteTarget('https://localhost:9/v1'));
  assert.equal((await post({ model: 'sly', messages })).status, 400);
});

test('a slow reader holds the provider back instead of filling our memory', async (t) => {
  let sent = 0;
  let blocked = false;
  const { world, token } = await start(t, async ({ res, closed }) => {
    sse(res);
    let open = true;
    void closed.then(() => {
      open = false;
    });
    const big = chunk('x'.repeat(64 * 1024));
    while (open && sent < 200 * 1024 * 1024) {
      sent += big.length;
      if (res.write(big)) continue;
      const drained = await Promise.race([
        new Promise((resolve) => res.once('drain', () => resolve(true))),
        new Promise((resolve) => setTimeout(() => resolve(false), 1500)),
      ]);
      if (!drained) {
        blocked = true;
        return;
      }
    }
  });
  const abort = new AbortController();
  await fetch(`${world.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-api-key': token },
    body: JSON.stringify({ model: 'up/gpt', messages, stream: true }),
    signal: abort.signal,
  });
  await until(() => blocked);
  assert.ok(sent < 100 * 1024 * 1024, `${sent} bytes were taken in`);
  abort.abort();
});

test('defaults, extra body and stream options are laid in where they belong', async (t) => {
  const { world, org, upstream, post } = await start(t, ({ res }) => json(res, 200, answerBody));
  world.addModel(org, 'm', {
    ...remoteTarget(upstream.url, {
      extraBody: '{"store":false,"user":"op"}',
      extraHeaders: { 'X-Team': 'blue', Host: 'evil', authorization: 'Basic zzzzzzzz' },
    }),
    requestParams: '{"temperature":0.5,"top_p":0.9}',
  });
  await post('{"user":"me","model":"m","temperature":1,"messages":[]}');
  assert.equal(upstream.calls[0]?.body, '{"store":false,"user":"op","model":"gpt-up","top_p":0.9,"temperature":1,"messages":[]}');
  assert.equal(upstream.calls[0]?.headers['x-team'], 'blue');
  assert.equal(upstream.calls[0]?.headers.authorization, 'Basic zzzzzzzz');
  assert.notEqual(upstream.calls[0]?.headers.host, 'evil');
  await post('{"model":"m","stream":true,"stream_options":{"include_usage":false,"x":1}}');
  assert.deepEqual(upstream.calls[1]?.json.stream_options, { include_usage: true, x: 1 });
  await post('{"model":"m"}');
  assert.deepEqual(upstream.calls[2]?.json, { store: false, user: 'op', model: 'gpt-up', temperature: 0.5, top_p: 0.9 });
});

test('closing ends running streams with an error and the terminal event', async (t) => {
  const { world, post } = await start(t, ({ res }) => {
    sse(res);
    res.write(chunk('a'));
  });
  const response = await post({ model: 'up/gpt', messages, stream: true });
  const closing = world.close();
  const text = await response.text();
  assert.match(text, /"code":"shutting_down".*\n\ndata: \[DONE\]\n\n$/s);
  await closing;
});

async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 500 && !holds(); round += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(holds());
}
