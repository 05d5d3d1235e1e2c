import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import test, { type TestContext } from 'node:test';
import { isAppError } from '@sangha/errors';
import { issueToken } from '@sangha/identity';
import { addressPolicy } from '../src/data-plane/upstream.ts';
import { canonicalLocation } from '../src/pipeline/canonical-location.ts';
import { hostSlug } from '../src/pipeline/host-slug.ts';
import { createOrgLimits } from '../src/pipeline/limits.ts';
import { readCredential } from '../src/pipeline/read-credential.ts';
import { isIdentityHeader, stripIdentityTrailers } from '../src/pipeline/strip-identity-headers.ts';
import { trustedPeers } from '../src/pipeline/trusted-peer.ts';
import { localTarget, startGateway, type WorldOptions } from './support/start-gateway.ts';
import { until } from './support/until.ts';

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'passed';
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
};

async function start(t: TestContext, options: WorldOptions = {}) {
  const world = await startGateway(options);
  t.after(() => world.close());
  const org = world.addOrganization('acme');
  world.addModel(org, 'm', localTarget);
  /** Status and code of a request to a route that wants a user. */
  const ask = (headers: Record<string, string | string[]>, path = '/v1/models', method = 'GET') =>
    new Promise<{ status: number; code: string; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
      const { hostname, port } = new URL(world.url);
      const req = request({ hostname, port, path, method, headers }, (res) => {
        let body = '';
        res.on('data', (part) => {
          body += part;
        });
        res.on('end', () => {
          const code = /"code":"([a-z_]+)"/.exec(body)?.[1] ?? 'none';
          resolve({ status: res.statusCode ?? 0, code, headers: res.headers, body });
        });
      });
      req.on('error', reject);
      req.end();
    });
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
  return { world, org, ask, bearer };
}

test('a header that claims identity is recognised in every spelling', () => {
  for (const name of [
    'x-bodhiapp-user-id',
    'X-BodhiApp-Org',
    'X_BodhiApp_User_Id',
    'X.BodhiApp.Role',
    'x_bodhiapp.scope',
    'X-BODHIAPP-anything',
  ])
    assert.equal(isIdentityHeader(name), true, name);
  for (const name of ['x-api-key', 'x-bodhi', 'xbodhiapp-user', 'bodhiapp-user-id', 'x-request-id', ''])
    assert.equal(isIdentityHeader(name), false, name);
});

test('one credential is read from whichever header, two different ones are refused', () => {
  assert.equal(readCredential({}), undefined);
  for (const headers of [
    { authorization: 'Bearer k' },
    { authorization: 'bearer   k ' },
    { 'x-api-key': 'k' },
    { 'x-goog-api-key': 'k' },
    { authorization: 'Bearer k', 'x-api-key': 'k' },
  ])
    assert.equal(readCredential(headers), 'k');
  assert.equal(readCredential({ authorization: 'Bearer bodhiapp_sentinel_api_key_ignored' }), undefined);
  assert.equal(readCredential({ authorization: 'Bearer bodhiapp_sentinel_api_key_ignored', 'x-api-key': 'k' }), 'k');
  for (const [one, other] of [
    ['authorization', 'x-api-key'],
    ['authorization', 'x-goog-api-key'],
    ['x-api-key', 'x-goog-api-key'],
  ] as const)
    assert.equal(
      codeOf(() => readCredential({ [one]: 'Bearer a', [other]: 'Bearer b' })),
      'conflicting_credentials',
    );
  assert.equal(
    codeOf(() => readCredential({ authorization: 'Basic YTpi' })),
    'credential_missing',
  );
});

test('a host names an organisation only by one label before the domain', () => {
  const of = (host: string) => hostSlug(host, 'llm.example.com');
  assert.equal(of('acme.llm.example.com'), 'acme');
  assert.equal(of('ACME.LLM.example.com:8443'), 'acme');
  assert.equal(of('acme.llm.example.com.'), 'acme');
  for (const host of [
    'llm.example.com',
    'evilllm.example.com',
    'acme.example.com',
    'localhost',
    '127.0.0.1:1135',
    '[::1]:80',
    '.llm.example.com',
    '',
  ])
    assert.equal(of(host), undefined, host);
  // Looked up as it stands, and found nowhere.
  assert.equal(of('a.b.llm.example.com'), 'a.b');
  assert.equal(hostSlug('acme.llm.example.com', undefined), undefined);
});

test('nobody is a trusted proxy unless listed', () => {
  assert.equal(trustedPeers([])('127.0.0.1'), false);
  const trusted = trustedPeers(['10.0.0.0/8', '::1']);
  assert.deepEqual(
    ['10.1.2.3', '::1', '11.0.0.1', '::ffff:10.1.2.3', undefined, 'x'].map((address) => trusted(address)),
    [true, true, false, true, false, false],
  );
});

test('addresses of machines and metadata services are refused in every form', () => {
  const check = (address: string, allowed: string[] = []) =>
    codeOf(() => addressPolicy(allowed).checkAddress(address, 'host.example'));
  for (const address of [
    '127.0.0.1',
    '10.0.0.1',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '::127.0.0.1',
    '0.0.0.0',
    '::',
  ]) {
    assert.equal(check(address), 'address_refused', address);
  }
  for (const address of [
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '100.100.100.200',
    '0.0.0.0',
    '224.0.0.1',
  ]) {
    assert.equal(check(address, ['host.example', '0.0.0.0/0', '::/0']), 'address_refused', address);
  }
  assert.equal(check('10.0.0.1', ['host.example']), 'passed');
  assert.equal(check('10.0.0.1', ['10.0.0.0/8']), 'passed');
  for (const address of ['1.1.1.1', '2606:4700::1111', '::ffff:1.1.1.1']) assert.equal(check(address), 'passed', address);
});

test('only page loads on a foreign host are sent to the public address, and never elsewhere', () => {
  const config = { publicUrl: 'https://llm.example.com', orgDomain: 'llm.example.com' };
  const to = (host: string, url: string, method = 'GET') =>
    canonicalLocation({ method, url, headers: { host } } as never, config);
  assert.equal(to('other.example', '/ui?x=1'), 'https://llm.example.com/ui?x=1');
  assert.equal(to('other.example', '//evil.example/x'), 'https://llm.example.com/');
  assert.equal(to('other.example', 'http://evil.example/'), 'https://llm.example.com/');
  for (const [host, url, method] of [
    ['llm.example.com', '/'],
    ['acme.llm.example.com', '/'],
    ['other.example', '/health/live'],
    ['other.example', '/v1/x', 'POST'],
  ] as const)
    assert.equal(to(host, url, method), undefined);
});

test('a minute holds as many requests as the setting says, and says when the next may come', () => {
  let now = 0;
  const limits = createOrgLimits(() => now);
  const settings = {
    requestsPerMinute: 60,
    tokensPerMinute: 100,
    concurrentRequests: 2,
    keepAliveSecs: 1,
    defaultModel: undefined,
    contextSize: undefined,
  };
  const enter = () => {
    limits.enter(settings);
    limits.leave();
  };
  for (let count = 0; count < 60; count += 1) enter();
  assert.throws(enter, { code: 'rate_limited', retryAfterSecs: 1 });
  now += 1000;
  enter();
  assert.throws(enter, { code: 'rate_limited' });
  now += 60_000;
  limits.enter(settings);
  limits.enter(settings);
  assert.throws(() => limits.enter(settings), { code: 'rate_limited' });
  limits.leave();
  limits.enter(settings);
  assert.equal(limits.reserve(1000, settings), 100);
  assert.throws(() => limits.reserve(1, settings), { code: 'rate_limited' });
  limits.settle(100, 40);
  assert.equal(limits.reserve(60, settings), 60);
  limits.settle(60, 160);
  now += 60_000;
  assert.equal(limits.reserve(0, settings), 0);
  assert.throws(() => limits.reserve(1, settings), { code: 'rate_limited' });
});

test('a token opens its own organisation and no other', async (t) => {
  const { world, org, ask, bearer } = await start(t, { config: { orgDomain: 'llm.test' } });
  const other = world.addOrganization('other');
  const mine = world.addToken(org);
  assert.equal((await ask(bearer(mine))).status, 200);
  assert.equal((await ask({ ...bearer(mine), host: 'acme.llm.test' })).status, 200);
  for (const [headers, code] of [
    [{ ...bearer(mine), host: 'other.llm.test' }, 'wrong_organization'],
    [{ ...bearer(mine), host: 'nobody.llm.test' }, 'org_not_found'],
    [{ ...bearer(mine), host: 'acme.other.llm.test' }, 'org_not_found'],
    [{}, 'credential_missing'],
    [bearer(mine.replace(/_.{3}/, '_xyz')), 'token_malformed'],
    [bearer(issueToken(`bodhi-${other.id}`).text), 'token_invalid'],
    [bearer('sk-1234'), 'token_malformed'],
    [bearer('eyJhbGciOi.eyJzdWIi.sig'), 'token_invalid'],
    [{ ...bearer(mine), 'x-api-key': 'other' }, 'conflicting_credentials'],
    [{ authorization: 'Basic abc' }, 'credential_missing'],
  ] as const) {
    const answer = await ask(headers as never);
    assert.equal(answer.code, code);
    assert.equal(answer.status, code === 'org_not_found' ? 404 : code === 'conflicting_credentials' ? 400 : 401);
    assert.match(String(answer.headers['x-request-id']), /^req_/);
  }
  // The token's row says something else than its text: the row of another organisation is never followed.
  world.tokenRow(mine).orgId = other.id;
  world.registryChanged(org);
  assert.equal((await ask({ ...bearer(mine), host: 'acme.llm.test' })).code, 'token_invalid');
});

test('a suspended organisation is closed, a deleted one is not there', async (t) => {
  const { world, org, ask, bearer } = await start(t, { config: { orgDomain: 'llm.test' } });
  const token = world.addToken(org);
  assert.equal((await ask(bearer(token))).status, 200);
  org.status = 'suspended';
  world.registryChanged(org);
  for (const headers of [bearer(token), { ...bearer(token), host: 'acme.llm.test' }, { host: 'acme.llm.test' }]) {
    const { status, code } = await ask(headers);
    assert.deepEqual([status, code], [403, 'org_suspended']);
  }
  assert.equal((await ask({ host: 'acme.llm.test' }, '/ping')).status, 403);
  org.status = 'deleted';
  world.registryChanged(org);
  assert.equal((await ask(bearer(token))).status, 401);
  assert.equal((await ask({ host: 'acme.llm.test' })).code, 'org_not_found');
});

test('a revoked, expired or demoted token is refused at the next request, and a token is looked up once', async (t) => {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const { world, org, ask, bearer } = await start(t, { now: () => now });
  const token = world.addToken(org, { expiresAt: '2030-01-01T00:10:00Z' });
  await Promise.all(Array.from({ length: 20 }, () => ask(bearer(token))));
  assert.equal((await ask({ 'x-goog-api-key': token })).status, 200);
  assert.equal(world.counts.authenticateToken, 1);
  assert.equal(world.counts.getEffectiveSettings, 1);
  world.tokenRow(token).role = 'resource_guest';
  world.registryChanged(org);
  assert.equal((await ask(bearer(token))).code, 'insufficient_role');
  world.tokenRow(token).role = 'resource_admin';
  world.registryChanged(org);
  assert.equal((await ask(bearer(token))).status, 200);
  now += 10 * 60_000;
  assert.equal((await ask(bearer(token))).code, 'token_expired');
  const damaged = world.addToken(org, { grants: '{"version":"2"}' });
  assert.equal((await ask(bearer(damaged))).code, 'token_invalid');
});

test('a stranger can neither name an organisation nor an identity by header; a listed proxy can name the organisation', async (t) => {
  const plain = await start(t);
  const token = plain.world.addToken(plain.org);
  plain.world.addOrganization('other');
  const spoofed = {
    'x-bodhiapp-org': 'other',
    X_BodhiApp_Org: 'other',
    'x-bodhiapp-user-id': 'root',
    'x-bodhiapp-role': 'resource_admin',
    connection: 'x-bodhiapp-org, keep-alive',
  };
  assert.equal((await plain.ask({ ...plain.bearer(token), ...spoofed })).status, 200);
  assert.equal((await plain.ask(spoofed)).code, 'credential_missing');
  assert.ok(plain.world.asked.every(({ context }) => (context as { userId?: string }).userId !== 'root'));

  const proxied = await start(t, { config: { trustedProxies: ['127.0.0.1'] } });
  const mine = proxied.world.addToken(proxied.org);
  proxied.world.addOrganization('other');
  assert.equal((await proxied.ask({ ...proxied.bearer(mine), 'x-bodhiapp-org': 'acme' })).status, 200);
  assert.equal((await proxied.ask({ ...proxied.bearer(mine), 'x-bodhiapp-org': 'other' })).code, 'wrong_organization');
  assert.equal((await proxied.ask({ ...proxied.bearer(mine), 'x-bodhiapp-org': ['acme', 'other'] })).code, 'org_not_found');
  assert.equal((await proxied.ask({ ...proxied.bearer(mine), X_BodhiApp_Org: 'other' })).status, 200);
});

test('limits of an organisation hold, per minute and at once, and do not touch its neighbour', async (t) => {
  const { world, org, ask, bearer } = await start(t);
  const neighbour = world.addOrganization('other');
  const [mine, theirs] = [world.addToken(org), world.addToken(neighbour)];
  world.setSetting(org, 'BODHI_REQUESTS_PER_MINUTE', 3);
  for (let count = 0; count < 3; count += 1) assert.equal((await ask(bearer(mine))).status, 200);
  const refused = await ask(bearer(mine));
  assert.deepEqual([refused.status, refused.code], [429, 'rate_limited']);
  assert.ok(Number(refused.headers['retry-after']) >= 1);
  assert.equal((await ask(bearer(theirs))).status, 200);
});

test('any origin may call the data plane, without credentials', async (t) => {
  const { world, org, ask, bearer } = await start(t);
  const preflight = await ask(
    {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,x-stainless-os',
    },
    '/v1/chat/completions',
    'OPTIONS',
  );
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers['access-control-allow-origin'], '*');
  assert.match(String(preflight.headers['access-control-allow-headers']), /authorization/);
  assert.equal(preflight.headers['access-control-allow-credentials'], undefined);
  const answer = await ask({ ...bearer(world.addToken(org)), origin: 'https://app.example' });
  assert.equal(answer.headers['access-control-allow-origin'], '*');
  assert.equal(
    (await ask({ origin: 'https://app.example' })).headers['access-control-allow-origin'],
    '*',
    'a refusal is readable too',
  );
});

test('what is not in the table is not there, in no second spelling', async (t) => {
  const { world, org, ask, bearer } = await start(t);
  const headers = bearer(world.addToken(org));
  for (const path of ['/v1/models/', '/V1/models', '//v1/models', '/v1/./models', '/v1%2Fmodels', '/nothing', '/v1', '/'])
    assert.equal((await ask(headers, path)).code, 'route_not_found', path);
  const wrong = await ask(headers, '/v1/chat/completions', 'GET');
  assert.deepEqual([wrong.status, wrong.code, wrong.headers.allow], [405, 'method_not_allowed', 'POST']);
  assert.equal((await ask(headers, '/v1/models/%ff')).code, 'invalid_value');
  assert.equal((await ask(headers, '/v1/models?x=/v1/none')).status, 200);
});

test('a broken request line or header gets a 400 and never reaches a handler', async (t) => {
  const { world } = await start(t);
  const { port } = new URL(world.url);
  for (const text of [
    'GET /v1/models HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'GET /v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n',
    'GET /v1/models HTTP/1.1\r\n\r\n',
    'GARBAGE\r\n\r\n',
    'POST /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  ]) {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
      let seen = '';
      socket.on('data', (part) => {
        seen += part;
        socket.destroy();
      });
      socket.on('close', () => resolve(seen));
      socket.on('error', () => resolve(seen));
    });
    assert.match(answer, /^HTTP\/1\.1 400 /, JSON.stringify(text));
  }
});

test('trailers can not claim an identity either', () => {
  const req = {
    rawTrailers: ['X-BodhiApp-User-Id', 'root', 'Checksum', 'abc', 'X_BodhiApp_Role', 'admin'],
    trailers: { 'x-bodhiapp-user-id': 'root', checksum: 'abc', x_bodhiapp_role: 'admin' },
    trailersDistinct: { 'x-bodhiapp-user-id': ['root'], checksum: ['abc'], x_bodhiapp_role: ['admin'] },
  };
  stripIdentityTrailers(req as never);
  assert.deepEqual(req, {
    rawTrailers: ['Checksum', 'abc'],
    trailers: { checksum: 'abc' },
    trailersDistinct: { checksum: ['abc'] },
  });
});

test('a place among the requests at once is given back, also by who leaves before being let in', async (t) => {
  let letIn: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => {
    letIn = resolve;
  });
  let entered = 0;
  const { world, org, ask, bearer } = await start(t, {
    beforeToken: () => gate,
    inference: {
      generate: async function* (_request, { signal }) {
        entered += 1;
        yield { started: { promptTokens: 1, cachedTokens: 0 } };
        yield { delta: { chunks: [{ index: 0, text: 'x', reasoning: '', toolCalls: [], logprobs: [], tokens: 1 }] } };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    },
  });
  world.setSetting(org, 'BODHI_CONCURRENT_REQUESTS', 1);
  const token = world.addToken(org);
  const chat = (signal: AbortSignal) =>
    fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: bearer(token),
      body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'x' }] }),
      signal,
    });
  const [early, late] = [new AbortController(), new AbortController()];
  const left = chat(early.signal);
  await until(() => world.counts.authenticateToken === 1);
  early.abort();
  await assert.rejects(left);
  await new Promise((resolve) => setTimeout(resolve, 50));
  letIn?.();
  // Nobody is inside, so one may enter; while it runs, no second one.
  const running = await chat(late.signal);
  assert.equal(running.status, 200);
  const refused = await ask(bearer(token));
  assert.deepEqual([refused.status, refused.code], [429, 'rate_limited']);
  late.abort();
  assert.equal(entered, 1);
  for (let round = 0; round < 100; round += 1) {
    if ((await ask(bearer(token))).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail('the place was not given back');
});

test("a directory that answers another organisation's row for a token is not believed", async (t) => {
  const { world, org, ask, bearer } = await start(t);
  const other = world.addOrganization('other');
  const token = world.addToken(org);
  world.lie(token, other);
  assert.equal((await ask(bearer(token))).code, 'token_invalid');
});
