import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { writeTinyGguf } from '@sangha/testkit/tiny-gguf';
import { type Asker, asker, type Reply } from '../src/api.ts';
import { freshHome, type NodeProcess, removeHome, sangha, startNode } from '../src/node-process.ts';

/** A refusal is a status, a stable code and a sentence with the next step, and never a stack trace. */
function refused(reply: Reply, status: number, code: string): void {
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.json?.error?.code, code);
  assert.ok(reply.json.error.message.length > 10);
  assert.doesNotMatch(reply.text, /\bat .+:\d+:\d+|node_modules/);
  assert.ok(reply.headers.get('x-request-id'));
}

suite('a node refuses what it must, each with a clear error', () => {
  const home = freshHome();
  let node: NodeProcess;
  let ask: Asker;
  const chat = (body: object, as: Asker = ask) =>
    as('POST', '/v1/chat/completions', {
      model: 'tiny',
      messages: [{ role: 'user', content: 'the way' }],
      max_tokens: 4,
      ...body,
    });

  before(async () => {
    await writeTinyGguf(join(home, 'tiny.gguf'));
    node = await startNode({ home, args: ['--model', join(home, 'tiny.gguf')], env: { BODHI_MODEL_THREADS: '1' } });
    ask = asker(node.url, node.token);
    assert.equal((await chat({})).status, 200);
  });
  after(async () => {
    await node?.stop();
    removeHome(home);
  });

  test('no credential', async () => refused(await chat({}, asker(node.url)), 401, 'credential_missing'));
  test('a token with a mistyped character', async () => {
    const wrong = node.token.replace(/^(sk-bodhiapp_.{5})(.)/, (_, lead, char) => lead + (char === 'A' ? 'B' : 'A'));
    refused(await chat({}, asker(node.url, wrong)), 401, 'token_malformed');
  });
  test('a well-formed token that nobody issued', async () => {
    const { issueToken } = await import('@sangha/identity');
    const clientId = node.token.slice(node.token.lastIndexOf('.') + 1);
    refused(await chat({}, asker(node.url, issueToken(clientId).text)), 401, 'token_invalid');
  });
  test('a revoked token, from the next request on', async () => {
    const made = await ask('POST', '/bodhi/v1/tokens', {
      name: 'short-lived',
      scope: 'scope_token_user',
      grants: { version: '1', models_list: true, models: { type: 'all' } },
    });
    assert.equal(made.status, 201, made.text);
    assert.equal((await chat({}, asker(node.url, made.json.token))).status, 200);
    assert.ok((await ask('DELETE', `/bodhi/v1/tokens/${made.json.id}`)).status < 300);
    const after = await chat({}, asker(node.url, made.json.token));
    assert.equal(after.status, 401, after.text);
  });
  test('an expired token', async () => {
    const made = await ask('POST', '/bodhi/v1/tokens', {
      name: 'brief',
      scope: 'scope_token_user',
      expires_at: new Date(Date.now() + 1500).toISOString(),
      grants: { version: '1', models_list: true, models: { type: 'all' } },
    });
    assert.equal(made.status, 201, made.text);
    assert.equal((await chat({}, asker(node.url, made.json.token))).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 1600));
    refused(await chat({}, asker(node.url, made.json.token)), 401, 'token_expired');
  });
  test('a token without a grant for the model', async () => {
    const made = await ask('POST', '/bodhi/v1/tokens', {
      name: 'narrow',
      scope: 'scope_token_user',
      grants: { version: '1', models_list: false, models: { type: 'specific', ids: ['something-else'] } },
    });
    refused(await chat({}, asker(node.url, made.json.token)), 403, 'model_not_granted');
  });
  test('two different credentials in one request', async () => {
    const reply = await ask(
      'POST',
      '/v1/chat/completions',
      { model: 'tiny', messages: [] },
      { 'x-api-key': 'sk-something-else' },
    );
    refused(reply, 400, 'conflicting_credentials');
  });
  test('an unknown model', async () => refused(await chat({ model: 'nobody' }), 404, 'model_not_found'));
  test('a body that is not JSON', async () =>
    refused(await ask('POST', '/v1/chat/completions', '{"model":'), 400, 'invalid_json'));
  test('a body that names the model twice', async () =>
    refused(await ask('POST', '/v1/chat/completions', '{"model":"tiny","model":"other","messages":[]}'), 400, 'duplicate_key'));
  test('a body beyond the limit', async () =>
    refused(
      await ask(
        'POST',
        '/v1/chat/completions',
        JSON.stringify({ model: 'tiny', messages: [{ role: 'user', content: 'x'.repeat(11_000_000) }] }),
      ),
      413,
      'body_too_large',
    ));
  test('a prompt with an answer that the context can not hold', async () =>
    refused(await chat({ max_tokens: 100_000 }), 400, 'context_length_exceeded'));
  test('a number of choices that would need the whole machine', async () => {
    const reply = await chat({ n: 1_000_000_000 });
    assert.equal(reply.status, 400, reply.text);
  });
  test('a schema that can not be kept', async () => {
    const reply = await chat({
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', schema: { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } } },
      },
    });
    refused(reply, 400, 'schema_unsupported');
  });
  test('an unknown route, and a known one with another method', async () => {
    refused(await ask('GET', '/v1/nothing'), 404, 'route_not_found');
    refused(await ask('DELETE', '/v1/chat/completions'), 405, 'method_not_allowed');
  });
  test('a model without a chat template, saying how to set one', async () => {
    await node.stop();
    await writeTinyGguf(join(home, 'mute.gguf'), { template: 'none', seed: 2 });
    node = await startNode({ home, args: ['--model', join(home, 'mute.gguf')], env: { BODHI_MODEL_THREADS: '1' } });
    ask = asker(node.url, node.token);
    const reply = await chat({ model: 'mute' });
    refused(reply, 400, 'no_chat_template');
    assert.match(reply.json.error.message, /alias/);
    assert.equal((await ask('POST', '/v1/completions', { model: 'mute', prompt: 'the', max_tokens: 2 })).status, 200);
  });

  test('a data folder that another node uses', async () => {
    const second = await sangha(home, ['start', '--port', '0', '--no-sample']);
    assert.equal(second.status, 1);
    assert.match(second.stderr, new RegExp(`in use by another process \\(number ${node.pid}\\)`));
    assert.doesNotMatch(second.stderr, /\n\s+at /);
  });
  test('a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const other = freshHome();
    const reply = await sangha(other, ['start', '--port', String(port), '--no-sample']);
    taken.close();
    removeHome(other);
    assert.equal(reply.status, 1);
    assert.match(reply.stderr, /port .*--port/i);
    assert.doesNotMatch(reply.stderr, /\n\s+at /);
  });
  test('a model file that is damaged, without any harm to the node', async () => {
    const other = freshHome();
    const file = join(other, 'damaged.gguf');
    await writeTinyGguf(file, { damage: 'zero_heads' });
    const reply = await sangha(other, ['start', '--port', '0', '--model', file]);
    removeHome(other);
    assert.equal(reply.status, 1);
    assert.match(reply.stderr, /sangha: /);
    assert.doesNotMatch(reply.stderr, /\n\s+at /);
  });
  test('a file that is no model at all', async () => {
    const other = freshHome();
    const file = join(other, 'letter.gguf');
    writeFileSync(file, 'Dear Sir or Madam');
    const reply = await sangha(other, ['--json', 'start', '--port', '0', '--model', file]);
    removeHome(other);
    assert.equal(reply.status, 1);
    assert.equal(JSON.parse(reply.stdout).error.code, 'not_a_gguf');
  });
  test('settings that make no sense, all of them at once', async () => {
    const other = freshHome();
    const reply = await sangha(other, ['start'], { BODHI_PORT: 'ninety', BODHI_LOG_LEVEL: 'loud' });
    removeHome(other);
    assert.equal(reply.status, 1);
    assert.match(reply.stderr, /BODHI_PORT/);
    assert.match(reply.stderr, /BODHI_LOG_LEVEL/);
  });
});
