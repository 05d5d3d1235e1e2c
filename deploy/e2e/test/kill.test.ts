import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeHub, startFakeHub } from '@sangha/testkit/fake-hub';
import { tinyGguf } from '@sangha/testkit/tiny-gguf';
import { asker } from '../src/api.ts';
import { freshHome, type NodeProcess, removeHome, startNode } from '../src/node-process.ts';

/** kill -9 of the whole node at any moment: the next start works, and what was acknowledged is there. */
suite('a node that is killed without warning', () => {
  const home = freshHome();
  const model = tinyGguf({ blocks: 8, feedForwardLength: 1024 });
  const sha256 = createHash('sha256').update(model).digest('hex');
  let hub: FakeHub;
  let env: Record<string, string>;
  let node: NodeProcess;

  before(async () => {
    hub = await startFakeHub();
    hub.put('acme/model', 'model-F32.gguf', model);
    env = { HF_ENDPOINT: hub.url, BODHI_HUB_ALLOWED_HOSTS: new URL(hub.cdnUrl).host, BODHI_MODEL_THREADS: '1' };
  });
  after(async () => {
    await node?.kill();
    await hub?.close();
    removeHome(home);
  });

  test('resumes a download that was killed six times, and ends with the same bytes', async () => {
    hub.fault('acme/model', 'model-F32.gguf', { kind: 'slow', pieceBytes: 64 * 1024, pauseMs: 150 });
    node = await startNode({ home, env });
    const asked = await asker(node.url, node.token)('POST', '/bodhi/v1/models/files/pull', {
      repo: 'acme/model',
      filename: 'model-F32.gguf',
    });
    assert.ok(asked.status === 201 || asked.status === 202, asked.text);
    const path = `/bodhi/v1/models/files/pull/${asked.json.id}`;
    let durable = 0;
    for (let round = 0; round < 6; round++) {
      await sleep(100 + Math.random() * 500);
      // Every other time it has got further first: a job that never does is given up after five tries, rightly.
      for (let waited = 0; round % 2 === 1 && waited < 600; waited++) {
        const { downloaded_bytes } = (await asker(node.url, node.token)('GET', path)).json;
        assert.ok(downloaded_bytes >= durable, 'what was durable stays');
        if (downloaded_bytes > durable) {
          durable = downloaded_bytes;
          break;
        }
        await sleep(50);
      }
      await node.kill();
      node = await startNode({ home, env });
    }
    assert.ok(durable > 0 && durable < model.length, `the kills came in the middle of the download (${durable} bytes)`);
    hub.clearFaults();
    const ask = asker(node.url, node.token);
    let job = await ask('GET', path);
    for (let waited = 0; waited < 600 && job.json.status !== 'completed'; waited++) {
      assert.notEqual(job.json.status, 'failed', job.text);
      await sleep(100);
      job = await ask('GET', path);
    }
    assert.equal(job.json.status, 'completed', job.text);
    assert.equal(job.json.sha256, sha256);
    const blob = join(home, 'models', 'blobs', `sha256-${sha256}`);
    assert.equal(createHash('sha256').update(readFileSync(blob)).digest('hex'), sha256);
    assert.deepEqual(readdirSync(join(home, 'models', 'parts')), []);
    // Two names would mean that the file was registered twice.
    for (let waited = 0; waited < 100; waited++) {
      const { json } = await ask('GET', '/v1/models');
      if (json.data.length > 0) {
        assert.equal(json.data.length, 1);
        break;
      }
      await sleep(100);
    }
  });

  test('has lost no token, alias or usage that it acknowledged, when it dies in the middle of requests', async () => {
    const ask = asker(node.url, node.token);
    const [{ id: name }] = (await ask('GET', '/v1/models')).json.data;
    const made = await ask('POST', '/bodhi/v1/tokens', {
      name: 'kept',
      scope: 'scope_token_user',
      grants: { version: '1', models_list: true, models: { type: 'all' } },
    });
    const finished = await ask('POST', '/v1/chat/completions', {
      model: name,
      max_tokens: 3,
      ignore_eos: true,
      messages: [{ role: 'user', content: 'the way' }],
    });
    assert.equal(finished.status, 200, finished.text);
    const open = Promise.allSettled(
      Array.from({ length: 4 }, () =>
        ask('POST', '/v1/chat/completions', {
          model: name,
          max_tokens: 1500,
          stream: true,
          messages: [{ role: 'user', content: 'the way' }],
        }),
      ),
    );
    await sleep(300);
    await node.kill();
    await open;
    node = await startNode({ home, env });
    const again = asker(node.url, made.json.token);
    assert.equal((await again('GET', '/v1/models')).json.data[0].id, name);
    const reply = await again('POST', '/v1/chat/completions', {
      model: name,
      max_tokens: 3,
      messages: [{ role: 'user', content: 'the way' }],
    });
    assert.equal(reply.status, 200, reply.text);
    for (let waited = 0; waited < 100; waited++) {
      const usage = await asker(node.url, node.token)('GET', '/bodhi/v1/usage');
      const row = usage.json?.data?.find((each: { model: string }) => each.model === name);
      if (row && row.completion_tokens >= finished.json.usage.completion_tokens) return;
      await sleep(100);
    }
    assert.fail('the usage of the finished request is not in the ledger');
  });
});
