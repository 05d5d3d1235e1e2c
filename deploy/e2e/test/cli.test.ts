import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type FakeHub, startFakeHub } from '@sangha/testkit/fake-hub';
import { tinyGguf } from '@sangha/testkit/tiny-gguf';
import { freshHome, type NodeProcess, removeHome, sangha, startNode } from '../src/node-process.ts';

suite('the sangha command', () => {
  const home = freshHome();
  let hub: FakeHub;
  let node: NodeProcess;
  const json = async (...args: string[]) => {
    const { status, stdout, stderr } = await sangha(home, ['--json', ...args]);
    assert.equal(status, 0, stderr + stdout);
    return JSON.parse(stdout);
  };

  before(async () => {
    hub = await startFakeHub();
    hub.put('acme/small', 'small-F32.gguf', tinyGguf());
    node = await startNode({
      home,
      env: { HF_ENDPOINT: hub.url, BODHI_HUB_ALLOWED_HOSTS: new URL(hub.cdnUrl).host, BODHI_MODEL_THREADS: '1' },
    });
  });
  after(async () => {
    await node?.stop();
    await hub?.close();
    removeHome(home);
  });

  test('keeps what it wrote on the first start to its owner', () => {
    for (const file of ['first-run.json', 'keys/platform.key', 'keys/operator.key'])
      assert.equal(statSync(join(home, file)).mode & 0o777, 0o600, file);
    assert.equal(statSync(home).mode & 0o777, 0o700);
  });

  test('pulls a model, lists it and talks to it', async () => {
    const pulled = await json('pull', 'acme/small');
    assert.equal(pulled.status, 'completed');
    let rows = await json('models');
    for (let tries = 0; rows.length === 0 && tries < 20; tries++) rows = await json('models');
    assert.equal(rows[0].type, 'local_file');
    const said = await json('chat', 'the way of water', '--max-tokens', '5');
    assert.equal(said.model, rows[0].name);
    assert.equal(typeof said.content, 'string');
    const shown = await sangha(home, ['models']);
    assert.match(shown.stdout, /NAME.*\n.*acme\/small/);
  });

  test('says in one sentence what the hub does not have', async () => {
    const reply = await sangha(home, ['pull', 'acme/nothing']);
    assert.equal(reply.status, 1);
    assert.match(reply.stderr, /^sangha: .+\n$/);
  });

  test('says how much room a model needs that the disk does not have', async () => {
    hub.put('acme/huge', 'huge-F32.gguf', tinyGguf({ seed: 9 }));
    hub.fault('acme/huge', 'huge-F32.gguf', { kind: 'wrong_size', claimedBytes: 900_000_000_000_000 });
    const { status, stdout } = await sangha(home, ['--json', 'pull', 'acme/huge']);
    assert.equal(status, 1);
    const { error } = JSON.parse(stdout);
    assert.equal(error.code, 'disk_full');
    assert.match(error.message, /\d+.*\d+/);
    assert.equal((await json('models')).length, 1, 'what was there before is still there');
  });

  test('makes, lists and revokes tokens', async () => {
    const made = await json('tokens', 'create', 'laptop', '--expires', '7');
    assert.match(made.token, /^sk-bodhiapp_/);
    assert.ok((await json('tokens', 'list')).some(({ name }: { name: string }) => name === 'laptop'));
    assert.deepEqual(await json('tokens', 'revoke', made.id), { id: made.id, revoked: true });
    assert.ok(
      !(await json('tokens', 'list')).some(
        ({ id, status }: { id: string; status: string }) => id === made.id && status === 'active',
      ),
    );
  });

  test('makes and lists organisations, each at its own address', async () => {
    const made = await json('orgs', 'create', 'acme', '--name', 'Acme Ltd', '--admin', 'wile');
    assert.equal(made.url, `http://acme.localhost:${new URL(node.url).port}`);
    assert.match(made.api_token, /^sk-bodhiapp_/);
    assert.deepEqual((await json('orgs', 'list')).map(({ slug }: { slug: string }) => slug).sort(), ['acme', 'default']);
    const names = await sangha(home, ['--json', '--token', made.api_token, 'models']);
    assert.deepEqual(JSON.parse(names.stdout), []);
  });

  test('finds nothing wrong with a healthy node', async () => {
    const findings = await json('doctor');
    assert.ok(
      findings.some(({ what, detail }: { what: string; detail: string }) => what === 'running node' && /version/.test(detail)),
    );
  });

  test('helps with examples', async () => {
    const { stdout } = await sangha(home, ['pull', '--help']);
    assert.match(stdout, /Examples:/);
  });

  test('stops on SIGTERM with status 0 and lets go of its folder', async () => {
    assert.equal(await node.stop(), 0);
    assert.ok(!existsSync(join(home, 'node.pid')));
    const reply = await sangha(home, ['models']);
    assert.equal(reply.status, 1);
    assert.match(reply.stderr, /No node answers/);
  });

  test('finds the node again when it listens elsewhere after a restart', async () => {
    const before = node.url;
    node = await startNode({ home, env: { HF_ENDPOINT: hub.url } });
    assert.notEqual(node.url, before);
    assert.equal((await json('models')).length, 1);
  });
});
