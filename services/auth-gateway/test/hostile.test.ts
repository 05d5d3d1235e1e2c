import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { request } from 'node:http';
import test, { type TestContext } from 'node:test';
import { newUlid, type OrgContext, parseOrgId } from '@sangha/identity';
import { gatewayConfig } from '../src/config.ts';
import { createModelResolver } from '../src/data-plane/model-resolver.ts';
import { readBody } from '../src/data-plane/read-body.ts';
import { createSseTail } from '../src/data-plane/sse-tail.ts';
import { addressPolicy } from '../src/data-plane/upstream.ts';
import { usageOf } from '../src/data-plane/usage-in-tail.ts';
import { createOrgLimits } from '../src/pipeline/limits.ts';
import { trustedPeers } from '../src/pipeline/trusted-peer.ts';
import { recordingServices } from './support/recording-services.ts';
import { localTarget, remoteTarget, startGateway, type WorldOptions } from './support/start-gateway.ts';
import { until } from './support/until.ts';
import { sse, startUpstream, type UpstreamCall } from './support/upstream.ts';

const messages = [{ role: 'user', content: 'x'.repeat(40) }];
const settings = {
  requestsPerMinute: 0,
  tokensPerMinute: 100,
  concurrentRequests: 0,
  keepAliveSecs: 1,
  defaultModel: undefined,
  contextSize: undefined,
};

async function start(t: TestContext, options: WorldOptions = {}) {
  const world = await startGateway(options);
  t.after(() => world.close());
  const org = world.addOrganization('acme');
  const token = world.addToken(org);
  world.addModel(org, 'm', localTarget);
  const chat = (body: object, signal?: AbortSignal) =>
    fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ model: 'm', messages, ...body }),
      ...(signal === undefined ? {} : { signal }),
    });
  return { world, org, token, chat };
}

async function startRemote(t: TestContext, answer: (call: UpstreamCall) => void | Promise<void>, options: WorldOptions = {}) {
  const upstream = await startUpstream(answer);
  t.after(() => upstream.close());
  const started = await start(t, options);
  started.world.addModel(started.org, 'm', remoteTarget(upstream.url));
  return { ...started, upstream };
}

const codeOf = async (response: Response): Promise<string> => {
  const { error } = (await response.json()) as { error: { code: string } };
  return `${response.status} ${error.code}`;
};

const delta = (tokens: number) => ({
  delta: { chunks: [{ index: 0, text: 'x', reasoning: '', toolCalls: [], logprobs: [], tokens }] },
});

for (const stream of [true, false]) {
  test(`who hangs up before the last word pays for what was made (stream: ${stream})`, async (t) => {
    let made = 0;
    let ended = false;
    const { world, org, chat } = await start(t, {
      inference: {
        generate: async function* (_request, { signal }) {
          yield { started: { promptTokens: 10, cachedTokens: 0 } };
          yield delta(900);
          made += 1;
          if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
          ended = true;
        },
      },
    });
    world.setSetting(org, 'BODHI_TOKENS_PER_MINUTE', 800);
    const leaving = new AbortController();
    const first = chat({ stream }, leaving.signal).then((response) => response.text());
    await until(() => made === 1);
    leaving.abort();
    await assert.rejects(first);
    await until(() => ended);
    assert.equal(await codeOf(await chat({ stream })), '429 rate_limited');
  });
}

test('who leaves before a provider answers has used what was reserved, and the ledger says so', async (t) => {
  let asked = 0;
  const { world, org, chat } = await startRemote(t, () => {
    asked += 1;
  });
  world.setSetting(org, 'BODHI_TOKENS_PER_MINUTE', 500);
  const leaving = new AbortController();
  const first = chat({ max_tokens: 450 }, leaving.signal);
  await until(() => asked === 1);
  leaving.abort();
  await assert.rejects(first);
  await until(() => world.usage.length === 1);
  assert.equal(world.usage[0]?.outcome, 'aborted');
  assert.ok((world.usage[0]?.promptTokens ?? 0) > 0);
  assert.equal(await codeOf(await chat({ max_tokens: 450 })), '429 rate_limited');
});

test('a provider that claims an absurd usage can not shut its organisation out', () => {
  assert.deepEqual(usageOf({ prompt_tokens: 9e15, completion_tokens: 1e300 }), {
    promptTokens: 16_777_216,
    completionTokens: 0,
    cachedTokens: 0,
  });
  let now = 0;
  const limits = createOrgLimits(() => now);
  limits.settle(limits.reserve(1, settings), 9e9);
  assert.throws(() => limits.reserve(1, settings), { code: 'rate_limited' });
  now += 61 * 60_000;
  assert.equal(limits.reserve(1, settings), 1);
});

test('an event that comes byte by byte costs its length once', () => {
  const tail = createSseTail(false);
  const size = 400_000;
  const from = process.cpuUsage();
  const one = Buffer.from('x');
  for (let count = 0; count < size; count += 1) assert.equal(tail.take(one), undefined);
  const whole = tail.take(Buffer.from('\n\ndata: next'));
  const { user } = process.cpuUsage(from);
  assert.equal(whole?.length, size + 2);
  assert.equal(whole?.toString('latin1', size - 1), 'x\n\n');
  assert.equal(tail.take(Buffer.from(' one\r\n\r'))?.length, undefined);
  assert.equal(tail.take(Buffer.from('\nleft'))?.toString(), 'data: next one\r\n\r\n');
  assert.equal(tail.rest()?.toString(), 'left\n\n');
  // Copying all that came before for every byte takes minutes; this takes a tenth of a second.
  assert.ok(user < 5_000_000, `${user} µs`);
});

test('a body that comes byte by byte takes its own size of memory', () => {
  const req = Object.assign(new EventEmitter(), { headers: {} });
  let whole: Buffer | undefined;
  readBody(req as never, 10_000_000, (_error, body) => {
    whole = body;
  });
  const taken = () => process.memoryUsage().heapUsed + process.memoryUsage().external;
  const before = taken();
  const size = 2_000_000;
  // As the HTTP parser makes them: each with memory of its own.
  for (let at = 0; at < size; at += 1) req.emit('data', Buffer.from(new ArrayBuffer(1)).fill(at & 0x7f));
  const grown = taken() - before;
  req.emit('end');
  assert.equal(whole?.length, size);
  assert.deepEqual([whole?.[0], whole?.[127], whole?.[128], whole?.[size - 1]], [0, 127, 0, (size - 1) & 0x7f]);
  assert.ok(grown < 150_000_000, `${grown} bytes`);
});

test('a body that nobody asked for is not read', async (t) => {
  const { world } = await start(t, { config: { maxBodyBytes: 1000 } });
  const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const req = request(`${world.url}/ping`, { method: 'GET', headers: { 'transfer-encoding': 'chunked' } }, (res) => {
      let text = '';
      res.on('data', (piece) => {
        text += piece;
      });
      res.on('end', () => resolve({ status: res.statusCode, text }));
    });
    req.on('error', reject);
    req.write('x'.repeat(500));
    // It goes on, and the answer does not wait for it.
    t.after(() => req.destroy());
  });
  assert.deepEqual(answer, { status: 200, text: '{"message":"pong"}' });
});

test('a refusal without end is cut off and passed on', async (t) => {
  const { chat, upstream } = await startRemote(t, async ({ res, closed }) => {
    let open = true;
    void closed.then(() => {
      open = false;
    });
    res.writeHead(500, { 'content-type': 'text/plain' });
    while (open) {
      res.write('no '.repeat(8192));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  assert.equal(await codeOf(await chat({})), '502 upstream_failed');
  await upstream.calls[0]?.closed;
});

test('a provider that says its content type twice is understood by the first', async (t) => {
  const { chat } = await startRemote(t, ({ res, json: { stream } }) => {
    const type = stream === true ? 'text/event-stream' : 'application/json';
    res.setHeader('content-type', [type, 'text/html']);
    res.end(stream === true ? 'data: x\n\n' : '{}');
  });
  const plain = await chat({});
  assert.deepEqual([plain.status, plain.headers.get('content-type'), await plain.text()], [200, 'application/json', '{}']);
  const streamed = await chat({ stream: true });
  assert.deepEqual([streamed.status, await streamed.text()], [200, 'data: x\n\ndata: [DONE]\n\n']);
});

test('a web page is no answer of a model', async (t) => {
  const { chat } = await startRemote(t, ({ res }) => {
    res.writeHead(200, { 'content-type': 'text/html' }).end('<script>alert(1)</script>');
  });
  const response = await chat({});
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  assert.equal(await codeOf(response), '502 upstream_failed');
});

test('a request can not name the server that it goes to', async (t) => {
  const { chat, upstream } = await startRemote(t, ({ res }) => {
    res.writeHead(200).end('{}');
  });
  for (const key of ['base_url', 'api_base'])
    assert.equal(await codeOf(await chat({ [key]: 'https://evil.example' })), '400 invalid_value', key);
  assert.equal(upstream.calls.length, 0);
});

test('no other spelling of a key reaches a provider that reads keys without regard to case', async (t) => {
  const { world, org, chat, upstream } = await startRemote(t, ({ res }) => {
    res.writeHead(200).end('{}');
  });
  world.addModel(org, 'm', remoteTarget(upstream.url, { extraBody: '{"store":false}' }));
  for (const key of ['Model', 'MODEL', 'moDel', 'Stream_Options', '\u017ftream', 'Store', '\u017ftore'])
    assert.equal(await codeOf(await chat({ [key]: 'other' })), '400 duplicate_key', key);
  assert.equal(upstream.calls.length, 0);
  assert.equal((await chat({ 'X-Tag': 1, Möbel: 2 })).status, 200);
  assert.deepEqual(upstream.calls[0]?.json, { store: false, model: 'gpt-up', messages, 'X-Tag': 1, Möbel: 2 });
});

test('a probe is answered whatever credential its sender adds', async (t) => {
  const { world } = await start(t);
  for (const path of ['/ping', '/health/live', '/health/ready'])
    assert.equal(
      (await fetch(`${world.url}${path}`, { headers: { authorization: 'Basic YTpi', 'x-api-key': 'other' } })).status,
      200,
    );
});

test('a platform key that can be guessed is refused before anything starts', () => {
  for (const platformKey of ['short', 'k'.repeat(64), 'abc'.repeat(20)])
    assert.throws(() => gatewayConfig({ platformKey }), /platform key/);
  assert.equal(gatewayConfig({ platformKey: 'sangha_operator_Zm9vYmFyYmF6cXV4MTIzNDU2' }).platformKey?.length, 40);
});

test('a wrong platform key leaves a trace, and many leave few', async (t) => {
  const { world } = await start(t, { config: { platformKey: 'right-key-of-the-platform-operator-1' } });
  const knock = (key: string) => fetch(`${world.url}/platform/v1/organizations`, { headers: { authorization: `Bearer ${key}` } });
  for (let count = 0; count < 20; count += 1) assert.equal((await knock('canary-of-a-wrong-platform-key')).status, 401);
  const traces = world.logged.filter((line) => line.includes('platform key'));
  assert.ok(traces.length >= 1 && traces.length < 10, `${traces.length} traces`);
  assert.match(traces[0] ?? '', /127\.0\.0\.1/);
  assert.doesNotMatch(world.logged.join(''), /canary-of-a-wrong/);
});

test('a host name can not stand for the question which organisation is the only one', async (t) => {
  const { world } = await start(t, { config: { orgDomain: 'llm.example' } });
  const ask = (host: string) =>
    new Promise<string>((resolve, reject) => {
      const req = request(`${world.url}/bodhi/v1/info`, { headers: { host } }, (res) => {
        let text = '';
        res.on('data', (piece) => {
          text += piece;
        });
        res.on('end', () => resolve(text));
      });
      req.on('error', reject);
      req.end();
    });
  assert.match(await ask('the only one.llm.example'), /org_not_found/);
  assert.match(await ask('llm.example'), /"status":"ready"/);
  assert.match(await ask('the only one.llm.example'), /org_not_found/);
});

test('a NUL reaches no service: databases refuse it, and their refusal would be our fault', async (t) => {
  const { services, calls } = recordingServices();
  const { world, org, chat } = await start(t, { services, config: { sessionlessAdministration: true } });
  const admin = { role: 'resource_admin', scope: 'scope_token_power_user' };
  const headers = { authorization: `Bearer ${world.addToken(org, admin)}` };
  const ask = async (method: string, path: string, body?: string) =>
    codeOf(await fetch(`${world.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) }));
  assert.equal(await ask('GET', '/bodhi/v1/models/a%00b'), '400 invalid_value');
  assert.equal(await ask('GET', '/bodhi/v1/models?search=a%00'), '400 invalid_value');
  assert.equal(await ask('POST', '/bodhi/v1/models/files/pull', '{"repo":"a/b\\u0000"}'), '400 invalid_value');
  assert.equal(
    await ask('POST', '/bodhi/v1/models/alias', '{"alias":"a","repo":"r","filename":"f","request_params":{"stop":["\\u0000"]}}'),
    '400 invalid_value',
  );
  assert.equal(calls.length, 0);
  assert.equal(await codeOf(await chat({ model: 'a\0b' })), '404 model_not_found');
  assert.equal(world.counts.resolve, undefined);
  // The six characters of the escape themselves are no NUL.
  assert.equal(await ask('POST', '/bodhi/v1/models/files/pull', '{"repo":"a/b","filename":"\\\\u0000"}'), '404 not_found');
});

test('a network without its number of bits trusts nobody', () => {
  for (const entry of ['10.0.0.0/', '10.0.0.0/x', '10.0.0.0/8/8', '10.0.0.0/ 8', '10.0.0.0/33'])
    assert.throws(() => trustedPeers([entry]), entry);
});

test('addresses that carry an inner one are judged by what they carry', () => {
  const policy = addressPolicy([]);
  for (const address of [
    '64:ff9b:1::a00:1',
    '64:ff9b:1:ffff::1',
    '2002:7f00:1::1',
    '2002:a9fe:a9fe::',
    '2001:0:1::1',
    '::ffff:0:7f00:1',
  ])
    assert.throws(() => policy.checkAddress(address, 'host.example'), { code: 'address_refused' }, address);
  policy.checkAddress('2001:4860:4860::8888', 'host.example');
  // Azure's and EKS's, which no list of an operator opens.
  const generous = addressPolicy(['::/0', '0.0.0.0/0', 'host.example']);
  for (const address of ['168.63.129.16', 'fd00:ec2::23'])
    assert.throws(() => generous.checkAddress(address, 'host.example'), { code: 'address_refused' }, address);
});

test("one member's name for a model is no other's, whatever characters their ids have", async () => {
  const asked: string[] = [];
  const resolver = createModelResolver({
    clock: () => 0,
    resolver: {
      resolve: async ({ name = '' }: { name?: string }, { context }: { context: { userId?: string } }) => {
        asked.push(`${context.userId} ${name}`);
        return { name, modelId: `${context.userId} ${name}`, requestParams: '', grantIds: [name], ...localTarget };
      },
    } as never,
  });
  const orgId = parseOrgId(newUlid());
  const as = (userId: string): OrgContext => ({ kind: 'session', orgId, userId, username: userId, role: 'resource_user' });
  const [one, other] = [await resolver.resolve(as('a/b'), 'c', 'r'), await resolver.resolve(as('a'), 'b/c', 'r')];
  assert.deepEqual([one.modelId, other.modelId, asked.length], ['a/b c', 'a b/c', 2]);
});

test('a caller that stops reading is cut off, so that it holds no place for ever', async (t) => {
  let freed = 0;
  const endless: NonNullable<WorldOptions['inference']>['generate'] = async function* (_request, { signal }) {
    try {
      yield { started: { promptTokens: 1, cachedTokens: 0 } };
      while (!signal.aborted)
        yield {
          delta: { chunks: [{ index: 0, text: 'x'.repeat(65_536), reasoning: '', toolCalls: [], logprobs: [], tokens: 1 }] },
        };
    } finally {
      freed += 1;
    }
  };
  const { world, chat } = await start(t, { inference: { generate: endless }, config: { stalledCallerMs: 300 } });
  const upstream = await startUpstream(async ({ res, closed }) => {
    sse(res);
    let open = true;
    void closed.then(() => {
      open = false;
      freed += 1;
    });
    while (open) {
      res.write(`data: ${'x'.repeat(65_536)}\n\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  t.after(() => upstream.close());
  world.addModel(world.addOrganization('other'), 'r', remoteTarget(upstream.url));
  const local = await chat({ stream: true });
  assert.equal(local.status, 200);
  await until(() => freed === 1);
  const { chat: remoteChat, world: second, org } = await start(t, { config: { stalledCallerMs: 300 } });
  second.addModel(org, 'm', remoteTarget(upstream.url));
  const remote = await remoteChat({ stream: true });
  assert.equal(remote.status, 200);
  await until(() => freed === 2);
  await assert.rejects(local.text());
  await assert.rejects(remote.text());
});

const withdrawals = {
  'the token is revoked': ['token_invalid', ({ world, token }) => world.removeToken(token)],
  'the organisation is suspended': [
    'org_suspended',
    ({ org }) => {
      org.status = 'suspended';
    },
  ],
  'the owner is demoted': [
    'insufficient_role',
    ({ world, token }) => {
      world.tokenRow(token).role = 'resource_guest';
    },
  ],
} satisfies Record<string, [string, (about: Awaited<ReturnType<typeof start>>) => void]>;

for (const [what, [code, withdraw]] of Object.entries(withdrawals)) {
  test(`when ${what}, what runs ends too`, async (t) => {
    let running = 0;
    const about = await start(t, {
      inference: {
        generate: async function* (_request, { signal }) {
          running += 1;
          yield { started: { promptTokens: 1, cachedTokens: 0 } };
          yield delta(1);
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
      },
    });
    const neighbour = about.world.addOrganization('neighbour');
    about.world.addModel(neighbour, 'm', localTarget);
    const theirs = about.world.addToken(neighbour);
    const next = await fetch(`${about.world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-api-key': theirs },
      body: JSON.stringify({ model: 'm', messages, stream: true }),
    });
    const streaming = await about.chat({ stream: true });
    const whole = about.chat({ stream: false });
    // Admitted, and its body still on the way.
    const upload = request(`${about.world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${about.token}`, 'content-length': 100 },
    });
    const uploaded = new Promise<number>((resolve, reject) => {
      upload.on('response', (response) => resolve(response.resume().statusCode ?? 0));
      upload.on('error', reject);
    });
    upload.write('{"model":"m"');
    await until(() => running === 3);
    await new Promise((resolve) => setTimeout(resolve, 50));
    // A change of something else ends nobody.
    about.world.registryChanged(about.org);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = about.world.counts.authenticateToken ?? 0;
    withdraw(about);
    for (let count = 0; count < 50; count += 1) about.world.registryChanged(about.org);
    const text = await streaming.text();
    assert.match(text, new RegExp(`"code":"${code}".*\\n\\ndata: \\[DONE\\]\\n\\n$`, 's'));
    assert.match(await codeOf(await whole), new RegExp(`^40[13] ${code}$`));
    assert.match(String(await uploaded), /^40[13]$/);
    upload.destroy();
    assert.equal(running, 3);
    // Fifty changes at once were looked at together.
    assert.ok((about.world.counts.authenticateToken ?? 0) - before <= 5);
    // The neighbour is still being served.
    const { value } = (await next.body?.getReader().read()) ?? {};
    assert.ok(value !== undefined);
  });
}
