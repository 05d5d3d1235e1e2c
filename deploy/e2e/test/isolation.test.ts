import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeHub, startFakeHub } from '@sangha/testkit/fake-hub';
import { tinyGguf, writeTinyGguf } from '@sangha/testkit/tiny-gguf';
import { type Asker, asker } from '../src/api.ts';
import { freshHome, type NodeProcess, removeHome, startNode } from '../src/node-process.ts';

interface Route {
  method: string;
  path: string;
}

/**
 * A second organisation on the same node, hostile and with every right of its own: whatever route of the table it tries
 * with the first one's ids, it learns nothing and changes nothing.
 */
suite('a second organisation on the node', () => {
  const home = freshHome();
  const marks = ['first-secret-token', 'first-secret-alias', 'first-secret-remote', 'first-secret-file'];
  let hub: FakeHub;
  let node: NodeProcess;
  let first: Asker;
  let second: Asker;
  let ids: { tokens: string; alias: string; remote: string; pull: string; user: string };
  let routes: Route[];
  const everything = { version: '1', models_list: true, models: { type: 'all' }, toolsets_list: true, toolsets: { type: 'all' } };

  before(async () => {
    await writeTinyGguf(join(home, 'first-secret-file.gguf'));
    hub = await startFakeHub();
    hub.put('first/secret', 'a.gguf', tinyGguf({ seed: 3 }));
    node = await startNode({
      home,
      args: ['--model', join(home, 'first-secret-file.gguf')],
      env: { BODHI_MODEL_THREADS: '1', HF_ENDPOINT: hub.url, BODHI_HUB_ALLOWED_HOSTS: new URL(hub.cdnUrl).host },
    });
    first = asker(node.url, node.token);
    const made = await asker(node.url, node.operatorKey)('POST', '/platform/v1/organizations', {
      slug: 'second',
      display_name: 'Second',
      admin: { username: 'mallory' },
    });
    assert.equal(made.status, 201, made.text);
    second = asker(node.url, made.json.api_token);
    const created = async (path: string, body: object) => {
      const reply = await first('POST', path, body);
      assert.ok(reply.status === 201 || reply.status === 202 || reply.status === 200, `${path}: ${reply.text}`);
      return reply.json.id as string;
    };
    ids = {
      tokens: await created('/bodhi/v1/tokens', { name: 'first-secret-token', scope: 'scope_token_user', grants: everything }),
      alias: await created('/bodhi/v1/models/alias', {
        alias: 'first-secret-alias',
        repo: 'local',
        filename: 'first-secret-file.gguf',
        visibility: 'org',
      }),
      remote: await created('/bodhi/v1/models/api', {
        name: 'first-secret-remote',
        api_format: 'openai',
        base_url: 'https://api.example.com/v1',
        models: ['first-secret-remote'],
        visibility: 'org',
        api_key: { action: 'set', value: 'sk-first-upstream-key' },
      }),
      pull: await created('/bodhi/v1/models/files/pull', { repo: 'first/secret', filename: 'a.gguf' }),
      user: 'admin',
    };
    // What the first one does itself has settled before the second one begins.
    for (let waited = 0; (await first('GET', '/v1/models')).json.data.length < 4; waited++) {
      assert.ok(waited < 200, 'the pulled file did not arrive');
      await sleep(50);
    }
    const { json } = await first('GET', '/openapi.json');
    routes = Object.entries(json.paths as Record<string, Record<string, unknown>>).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => ['get', 'post', 'put', 'delete'].includes(method))
        .map((method) => ({ method: method.toUpperCase(), path })),
    );
  });
  after(async () => {
    await node?.stop();
    await hub?.close();
    removeHome(home);
  });

  const fill = (path: string): string[] =>
    path.includes('{') ? Object.values(ids).map((id) => path.replace(/\{[^}]+\}/g, id)) : [path];
  const wordsOf = (reply: { text: string }) => marks.filter((mark) => reply.text.includes(mark));

  test('sees nothing of the first by any route of the table, and changes nothing there', async () => {
    const before = await snapshot();
    let tried = 0;
    for (const { method, path } of routes) {
      if (path.startsWith('/platform/')) continue;
      for (const target of fill(path)) {
        const body =
          method === 'GET' || method === 'DELETE'
            ? undefined
            : {
                model: 'first-secret-alias',
                messages: [{ role: 'user', content: 'x' }],
                prompt: 'x',
                input: 'x',
                name: 'x',
                alias: 'x',
                role: 'resource_user',
              };
        const reply = await second(method, target, body);
        tried++;
        assert.ok(reply.status < 500, `${method} ${target}: ${reply.status} ${reply.text}`);
        // A refusal may repeat the asker's own words (the model it named); nothing else of the first may appear.
        if (reply.status < 400) assert.deepEqual(wordsOf(reply), [], `${method} ${target}: ${reply.text}`);
        if (target.includes(ids.tokens) || target.includes(ids.alias) || target.includes(ids.remote))
          assert.ok(reply.status >= 400, `${method} ${target}: ${reply.status} ${reply.text}`);
      }
    }
    assert.ok(tried > 40, `only ${tried} requests were generated`);
    assert.deepEqual(await snapshot(), before);
  });

  test('gets the same answer for a foreign id as for one that does not exist', async () => {
    const nobody = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
    for (const [path, id] of [
      ['/bodhi/v1/models/alias', ids.alias],
      ['/bodhi/v1/models/api', ids.remote],
      ['/bodhi/v1/tokens', ids.tokens],
    ] as const) {
      const [foreign, missing] = [await second('DELETE', `${path}/${id}`), await second('DELETE', `${path}/${nobody}`)];
      assert.equal(foreign.status, missing.status);
      assert.equal(foreign.text, missing.text);
    }
  });

  test('may use the same alias name for something of its own, and neither disturbs the other', async () => {
    const mine = await second('POST', '/bodhi/v1/models/api', {
      name: 'mine',
      api_format: 'openai',
      base_url: 'https://api.example.org/v1',
      models: ['first-secret-alias'],
      visibility: 'org',
      api_key: { action: 'set', value: 'sk-second' },
    });
    assert.equal(mine.status, 201, mine.text);
    const theirs = await first('POST', '/v1/chat/completions', {
      model: 'first-secret-alias',
      max_tokens: 2,
      messages: [{ role: 'user', content: 'the' }],
    });
    assert.equal(theirs.status, 200, theirs.text);
    assert.ok((await second('DELETE', `/bodhi/v1/models/api/${mine.json.id}`)).status < 300);
  });

  test("can't use its token at another organisation's host, nor the first's token at its own", async () => {
    const { port } = new URL(node.url);
    const { request } = await import('node:http');
    const status = (host: string, token: string) =>
      new Promise<number>((resolve, reject) =>
        request(
          { host: '127.0.0.1', port, path: '/v1/models', headers: { host: `${host}:${port}`, authorization: `Bearer ${token}` } },
          (response) => resolve(response.resume().statusCode ?? 0),
        )
          .on('error', reject)
          .end(),
      );
    assert.equal(await status('second.localhost', node.token), 401);
    assert.equal(await status('default.localhost', node.token), 200);
    assert.equal(await status('nobody.localhost', node.token), 404);
  });

  test('a suspended organisation is refused on every route, and comes back', async () => {
    const operator = asker(node.url, node.operatorKey);
    const { json } = await operator('GET', '/platform/v1/organizations');
    const { id } = json.data.find((org: { slug: string }) => org.slug === 'second');
    assert.ok((await operator('PUT', `/platform/v1/organizations/${id}`, { status: 'suspended' })).status < 300);
    const refused = await second('GET', '/v1/models');
    assert.equal(refused.status, 403, refused.text);
    assert.equal(refused.json.error.code, 'org_suspended');
    assert.ok((await operator('PUT', `/platform/v1/organizations/${id}`, { status: 'active' })).status < 300);
    assert.equal((await second('GET', '/v1/models')).status, 200);
  });

  /** What the first organisation sees of itself; must not change by what the second does. */
  async function snapshot(): Promise<unknown[]> {
    const paths = ['/bodhi/v1/tokens', '/bodhi/v1/models', '/bodhi/v1/users', '/bodhi/v1/settings', '/v1/models'];
    const replies = await Promise.all(paths.map((path) => first('GET', path)));
    for (const reply of replies) assert.equal(reply.status, 200, reply.text);
    return replies.map(({ json }) =>
      JSON.parse(JSON.stringify(json, (key, value) => (key === 'last_used_at' ? undefined : value))),
    );
  }
});
