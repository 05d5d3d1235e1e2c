import assert from 'node:assert/strict';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startFakeHub } from '@sangha/testkit/fake-hub';
import { tinyGguf } from '@sangha/testkit/tiny-gguf';
import { firstRun } from '../src/first-run.ts';
import { createModelLoader } from '../src/model-loader.ts';
import { openNode } from './support/open-node.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const repo = 'acme/small';
const filename = 'small-F32.gguf';
const patient = new AbortController().signal;

async function openScene(t: TestContext, options?: { stalledAfterMs: number }) {
  const folder = temporaryFolder(t);
  const hub = await startFakeHub();
  t.after(() => hub.close());
  hub.put(repo, filename, tinyGguf());
  const node = await openNode(t, join(folder, 'home'), {
    HF_ENDPOINT: hub.url,
    HF_HOME: join(folder, 'hub-cache'),
    BODHI_HUB_ALLOWED_HOSTS: new URL(hub.cdnUrl).host,
  });
  const { admin } = await firstRun(node, node.home, node.url);
  return { hub, node, admin, loader: createModelLoader(node, admin, options) };
}

test('a pulled model has its name when the pull ends, and is then the first one', async (t) => {
  const { loader } = await openScene(t);
  assert.equal(await loader.firstName(), undefined);
  const seen: number[] = [];
  const name = await loader.pull(repo, filename, (done, total) => seen.push(done / total), patient);
  assert.equal(seen.at(-1), 1);
  assert.equal(await loader.firstName(), name);
});

test('a hub that falls silent is given up soon, and nothing goes on behind its back', async (t) => {
  const { hub, loader, node, admin } = await openScene(t, { stalledAfterMs: 700 });
  hub.fault(repo, filename, { kind: 'silent' });
  await assert.rejects(
    loader.pull(repo, filename, () => {}, patient),
    { code: 'hub_unreachable', message: 'The hub sends nothing.' },
  );
  const { downloads } = await node.clients.downloads.listDownloads({ page: 1, pageSize: 10 }, { context: admin });
  assert.deepEqual(
    downloads.map(({ status }) => status),
    ['cancelled'],
  );
});

test('a hub that does not have the model says so', async (t) => {
  const { loader } = await openScene(t);
  await assert.rejects(
    loader.pull('acme/nothing', filename, () => {}, patient),
    { code: /^(hub|repo|file|model)_/ },
  );
});

test('a file that is no model is refused, and the next one is taken', async (t) => {
  const { loader, hub } = await openScene(t);
  hub.put('acme/broken', 'broken.gguf', tinyGguf({ damage: 'not_gguf' }));
  await assert.rejects(
    loader.pull('acme/broken', 'broken.gguf', () => {}, patient),
    { code: 'not_a_gguf' },
  );
  assert.equal(typeof (await loader.pull(repo, filename, () => {}, patient)), 'string');
});

test('a file is found by its name behind a hundred others', { timeout: 120_000 }, async (t) => {
  const { loader, node, admin } = await openScene(t);
  const folder = join(node.home.root, 'many');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.gguf'), tinyGguf());
  await loader.importFile(join(folder, 'a.gguf'), () => {});
  const operator = { ...admin, kind: 'platform' } as const;
  for (let number = 1; number <= 100; number++) {
    const path = join(folder, `a${number}.gguf`);
    linkSync(join(folder, 'a.gguf'), path);
    for await (const _ of node.clients.downloads.importFile({ path, repo: 'local' }, { context: operator }));
  }
  const last = join(folder, 'zzz.gguf');
  writeFileSync(last, tinyGguf({ vocabularySize: 320 }));
  assert.match(await loader.importFile(last, () => {}), /zzz/);
});
