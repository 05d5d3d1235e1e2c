import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { AppError } from '@sangha/errors';
import { createMetrics } from '@sangha/telemetry';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createMetricsServer } from '../src/app.ts';
import { routes } from '../src/routes.ts';
import { recordingServices } from './support/recording-services.ts';
import { startGateway, type WorldOptions } from './support/start-gateway.ts';

const platformKey = 'operator-key-of-the-management-tests';

/** What a stranger reads: the few members that these tests look at. */
interface Json {
  error: { message: string; type: string; code: string; param?: string };
  data: unknown[];
  total: number;
  page: number;
  page_size: number;
  status: string;
  message: string;
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, unknown> };
}
interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema: object; example?: unknown }> };
  responses: Record<string, { description: string }>;
  security: Record<string, unknown>[];
}

async function start(t: TestContext, answers: Record<string, unknown> = {}, options: WorldOptions = {}) {
  const { services, calls } = recordingServices(answers);
  const world = await startGateway({
    services,
    ...options,
    config: { sessionlessAdministration: true, platformKey, ...options.config },
  });
  t.after(() => world.close());
  const org = world.addOrganization('acme');
  const token = world.addToken(org, { role: 'resource_admin', scope: 'scope_token_power_user' });
  const ask = async (method: string, path: string, body?: unknown, credential = token) => {
    const response = await fetch(`${world.url}${path}`, {
      method,
      headers: credential === '' ? {} : { authorization: `Bearer ${credential}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: (text.startsWith('{') ? JSON.parse(text) : {}) as Json,
    };
  };
  return { world, org, token, calls, ask };
}

const tokenRow = {
  id: 't1',
  name: 'ci',
  tokenPrefix: 'sk-bodhiapp_abcdefgh',
  scope: 'scope_token_user',
  status: 'active',
  grants: '{"version":"1"}',
  expiresAt: '',
  lastUsedAt: '',
  createdAt: 'a',
  updatedAt: 'b',
};
const job = (status: string, downloadedBytes: number) => ({
  id: 'd1',
  repo: 'r',
  filename: 'f',
  revision: '',
  status,
  errorCode: '',
  errorMessage: '',
  totalBytes: 10,
  downloadedBytes,
  sha256: '',
  attempt: 1,
  snapshot: '',
  createdAt: 'a',
  updatedAt: 'b',
});

test('a token is made, shown once without being kept anywhere on the way, listed, changed and ended', async (t) => {
  const { ask, calls } = await start(t, {
    'tokens.createToken': { token: tokenRow, text: 'sk-bodhiapp_secret' },
    'tokens.listTokens': { tokens: [tokenRow], total: 41, page: 2, pageSize: 100 },
    'tokens.updateToken': tokenRow,
    'tokens.deleteToken': {},
  });
  const grants = { version: '1', models: { type: 'specific', ids: ['m'] } };
  const made = await ask('POST', '/bodhi/v1/tokens', { name: 'ci', scope: 'scope_token_user', grants });
  assert.equal(made.status, 201);
  assert.equal(made.headers.get('cache-control'), 'no-store');
  assert.partialDeepStrictEqual(made.json, {
    token: 'sk-bodhiapp_secret',
    id: 't1',
    token_prefix: 'sk-bodhiapp_abcdefgh',
    scopes: 'scope_token_user',
    expires_at: null,
  });
  assert.deepEqual(JSON.parse(String(calls[0]?.request.grants)), grants);
  // The owner acts, as if signed in: the registry lets no token make a token.
  assert.equal(calls[0]?.context.kind, 'session');
  const list = await ask('GET', '/bodhi/v1/tokens?page=2&page_size=5000');
  assert.deepEqual([list.json.total, list.json.page, list.json.page_size, list.json.data.length], [41, 2, 100, 1]);
  assert.ok(!list.text.includes('sk-bodhiapp_secret'));
  assert.partialDeepStrictEqual(calls[1]?.request, { page: 2, pageSize: 100 });
  assert.equal((await ask('PUT', '/bodhi/v1/tokens/t1', { status: 'inactive' })).status, 200);
  assert.partialDeepStrictEqual(calls[2]?.request, { id: 't1', status: 'inactive' });
  assert.equal((await ask('DELETE', '/bodhi/v1/tokens/t1')).status, 204);
  await ask('POST', '/bodhi/v1/tokens', { name: 'bare', scope: 'scope_token_user' });
  assert.equal(calls[4]?.request.grants, '', 'grants that were not given are none');
});

test('a wrong body or query is a 400 that names the field', async (t) => {
  const { ask, calls } = await start(t);
  for (const [method, path, body, code, param] of [
    ['POST', '/bodhi/v1/tokens', { scope: 'scope_token_admin', name: 'x' }, 'invalid_value', 'scope'],
    ['POST', '/bodhi/v1/tokens', {}, 'missing_field', 'name'],
    ['POST', '/bodhi/v1/tokens', '{"scope":"scope_token_user","scope":"scope_token_power_user"}', 'duplicate_key', 'scope'],
    ['POST', '/bodhi/v1/tokens', '{', 'invalid_json', undefined],
    ['POST', '/bodhi/v1/users', { user_id: 'u', username: 'u', role: 'root' }, 'invalid_value', 'role'],
    ['GET', '/bodhi/v1/users?page=0', undefined, 'invalid_value', 'page'],
    ['GET', '/bodhi/v1/users?page=1&page=2', undefined, 'invalid_value', 'page'],
    ['GET', '/bodhi/v1/usage?from=yesterday', undefined, 'invalid_value', 'from'],
    [
      'POST',
      '/bodhi/v1/models/alias',
      { alias: 'a', repo: 'r', filename: 'f', context_params: { context_size: -1 } },
      'invalid_value',
      'context_params.context_size',
    ],
  ] as const) {
    const { status, json } = await ask(method, path, body);
    assert.deepEqual([status, json.error.code, json.error.param], [400, code, param], path);
  }
  assert.equal(calls.length, 0);
});

test('errors of services arrive with their code, unknown ones with nothing of what happened', async (t) => {
  const { ask } = await start(t);
  assert.deepEqual((await ask('PUT', '/bodhi/v1/users/u/role', { role: 'resource_user' })).json.error, {
    message: 'There is no such thing.',
    type: 'not_found_error',
    code: 'not_found',
  });
  // This service is not there at all.
  const broken = await startGateway({ config: { sessionlessAdministration: true } });
  t.after(() => broken.close());
  const token = broken.addToken(broken.addOrganization('a'), { role: 'resource_admin', scope: 'scope_token_power_user' });
  const response = await fetch(`${broken.url}/bodhi/v1/settings`, { headers: { 'x-api-key': token } });
  assert.equal(response.status, 503);
});

test('a download is followed as server-sent events until it rests', async (t) => {
  const { ask, calls } = await start(t, {
    'downloads.watchDownload': [job('running', 1), job('running', 6), job('completed', 10)],
    'downloads.requestDownload': job('queued', 0),
  });
  const { status, headers, text } = await ask('GET', '/bodhi/v1/models/files/pull/d1/events');
  assert.equal(status, 200);
  assert.match(String(headers.get('content-type')), /^text\/event-stream/);
  const events = text.trimEnd().split('\n\n');
  assert.deepEqual(
    events.map((event) => event.split('\n')[0]),
    ['event: progress', 'event: progress', 'event: progress', 'event: end'],
  );
  assert.partialDeepStrictEqual(JSON.parse(events[2]?.split('data: ')[1] ?? ''), {
    status: 'completed',
    downloaded_bytes: 10,
    total_bytes: 10,
  });
  assert.equal((await ask('GET', '/bodhi/v1/models/files/pull/none/other')).status, 404);
  assert.equal((await ask('POST', '/bodhi/v1/models/files/pull', { repo: 'org/repo', filename: 'Q4' })).status, 202);
  assert.partialDeepStrictEqual(calls.at(-1)?.request, { repo: 'org/repo', filename: 'Q4' });
});

test('a download that can not be followed is a plain error, one that fails underway an event', async (t) => {
  const failing = {
    *[Symbol.iterator]() {
      yield job('running', 1);
      throw new AppError('unavailable', 'Gone.');
    },
  };
  const { ask } = await start(t, { 'downloads.watchDownload': failing });
  const { text } = await ask('GET', '/bodhi/v1/models/files/pull/d1/events');
  assert.match(text, /event: error\ndata: \{"error":\{"message":"Gone\."/);
  assert.match(text, /event: end\ndata: \{\}\n\n$/);
  const other = await start(t);
  assert.equal((await other.ask('GET', '/bodhi/v1/models/files/pull/d1/events')).status, 404);
});

test('the facts of the deployment and of the asker are told to anyone', async (t) => {
  const { ask, org, world, token } = await start(t, {}, { config: { version: '9.9.9', publicUrl: 'https://llm.example' } });
  assert.deepEqual((await ask('GET', '/bodhi/v1/info', undefined, '')).json, {
    version: '9.9.9',
    status: 'ready',
    deployment: 'standalone',
    client_id: `bodhi-${org.id}`,
    url: 'https://llm.example',
  });
  assert.deepEqual((await ask('GET', '/bodhi/v1/user', undefined, '')).json, { auth_status: 'logged_out' });
  assert.partialDeepStrictEqual((await ask('GET', '/bodhi/v1/user')).json, {
    auth_status: 'api_token',
    user_id: 'user-1',
    username: 'asha',
  });
  assert.equal((await ask('GET', '/bodhi/v1/user', undefined, 'sk-wrong')).status, 401);
  assert.equal((await ask('GET', '/ping', undefined, '')).json.message, 'pong');
  assert.equal((await ask('GET', '/health/ready', undefined, '')).status, 200);
  assert.ok(!world.logged.join('').includes(token));
});

test('answers of the management API carry security headers and our request id, and forget nothing that was asked of the browser', async (t) => {
  const { ask } = await start(t);
  const { headers } = await ask('GET', '/bodhi/v1/info', undefined, '');
  assert.match(String(headers.get('x-request-id')), /^req_/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.ok(headers.get('content-security-policy'));
  assert.equal(headers.get('x-powered-by'), null);
});

test('a body beyond the limit is refused by the management API too', async (t) => {
  const { ask } = await start(t, {}, { config: { maxBodyBytes: 1000 } });
  const { status, json } = await ask('POST', '/bodhi/v1/tokens', { name: 'x'.repeat(2000), scope: 'scope_token_user' });
  assert.deepEqual([status, json.error.code], [413, 'body_too_large']);
});

test('the operator makes organisations', async (t) => {
  const row = {
    id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    slug: 'new',
    displayName: 'New',
    clientId: 'bodhi-01ARZ3NDEKTSV4RRFFQ69G5FAV',
    status: 'active',
    createdAt: 'a',
    updatedAt: 'b',
  };
  const { ask, calls } = await start(
    t,
    { 'organizations.createOrganization': row, 'organizations.updateOrganization': { ...row, status: 'suspended' } },
    { config: { sessionlessAdministration: false } },
  );
  const made = await ask(
    'POST',
    '/platform/v1/organizations',
    { slug: 'new', display_name: 'New', admin: { user_id: 'u', username: 'asha' } },
    platformKey,
  );
  assert.equal(made.status, 201);
  assert.partialDeepStrictEqual(made.json, { slug: 'new', client_id: row.clientId });
  assert.partialDeepStrictEqual(calls[0], {
    context: { kind: 'platform' },
    request: { slug: 'new', adminUserId: 'u', adminUsername: 'asha' },
  });
  assert.equal(
    (await ask('PUT', `/platform/v1/organizations/${row.id}`, { status: 'suspended' }, platformKey)).json.status,
    'suspended',
  );
});

test('/openapi.json is a valid description of every route, with examples that fit their schemas', async (t) => {
  const { ask } = await start(t);
  const { json: document } = await ask('GET', '/openapi.json', undefined, '');
  assert.equal(document.openapi, '3.1.0');
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const ids = new Set<string>();
  let operations = 0;
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      operations += 1;
      const label = `${method} ${path}`;
      assert.ok(!ids.has(operation.operationId), label);
      ids.add(operation.operationId);
      assert.ok(operation.summary.length > 3 && operation.description.length > 3 && operation.tags.length === 1, label);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      assert.deepEqual(
        (operation.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name),
        inPath,
        label,
      );
      const media = operation.requestBody?.content['application/json'];
      if (media !== undefined) {
        const fits = ajv.compile(media.schema);
        if (media.example !== undefined) assert.ok(fits(media.example), `${label} ${JSON.stringify(fits.errors)}`);
      }
      for (const [status, response] of Object.entries(operation.responses)) {
        assert.match(status, /^[2-5]\d\d$/, label);
        assert.ok(response.description.length > 0, label);
      }
      for (const need of operation.security)
        for (const name of Object.keys(need)) assert.ok(name in document.components.securitySchemes, label);
    }
  }
  assert.equal(operations, routes.length);
  for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g))
    assert.equal(reference, '#/components/schemas/Error');
});

test('metrics are counted by route, on a port of their own, and no caller can make new series', async (t) => {
  const { ask, world } = await start(t);
  await ask('GET', '/bodhi/v1/info', undefined, '');
  for (let count = 0; count < 20; count += 1) await ask('GET', `/made-up-${count}`, undefined, '');
  assert.equal((await ask('GET', '/metrics')).status, 404);
  const server = createMetricsServer(world.metrics);
  t.after(() => server.close());
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const text = await (await fetch(url)).text();
  assert.match(text, /sangha_gateway_requests_total\{[^}]*route="\/bodhi\/v1\/info"[^}]*status="2xx"[^}]*\} 1/);
  assert.match(text, /sangha_gateway_requests_total\{[^}]*route="none"[^}]*status="4xx"[^}]*\} 21/);
  assert.match(text, /sangha_gateway_request_seconds_count\{[^}]*route="\/bodhi\/v1\/info"[^}]*\} 1/);
  assert.ok(!text.includes('made-up'));
  assert.equal((await fetch(url.replace('/metrics', '/'))).status, 404);
  assert.equal(createMetrics({ service: 'x' }).getMetricsAsArray().length, 0);
});
