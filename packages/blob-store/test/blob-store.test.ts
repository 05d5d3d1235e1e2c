import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isAppError } from '@sangha/errors';
import { createBlobStore } from '../src/index.ts';

const jobId = '01JD000000000000000000000A';
const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

async function scratch(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'blobs-'));
  t.after(() => rm(folder, { recursive: true }));
  const root = join(folder, 'store');
  return { folder, root, store: createBlobStore({ root, reserveBytes: 0 }) };
}

test('a finished download becomes a blob under its hash, private, and the part is gone', async (t) => {
  const { store, root } = await scratch(t);
  const part = await store.partPath(jobId);
  await writeFile(part, 'weights', { mode: 0o600 });
  assert.equal(await store.has(sha256Of('weights')), false);
  const { path, sizeBytes } = await store.adopt(part, sha256Of('weights'));
  assert.equal(sizeBytes, 7);
  assert.equal(path, store.pathOf(sha256Of('weights')));
  assert.equal(await readFile(path, 'utf8'), 'weights');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  for (const folder of [root, join(root, 'blobs'), join(root, 'parts')]) assert.equal((await stat(folder)).mode & 0o777, 0o700);
  await assert.rejects(lstat(part), { code: 'ENOENT' });
  assert.equal(await store.has(sha256Of('weights')), true);
});

test('adopting again after a crash between rename and bookkeeping succeeds, and without any file it says so', async (t) => {
  const { store } = await scratch(t);
  const part = await store.partPath(jobId);
  await writeFile(part, 'weights');
  await store.adopt(part, sha256Of('weights'));
  assert.equal((await store.adopt(part, sha256Of('weights'))).sizeBytes, 7);
  await writeFile(part, 'weights');
  assert.equal((await store.adopt(part, sha256Of('weights'))).sizeBytes, 7, 'two jobs with the same content');
  await assert.rejects(store.adopt(part, sha256Of('other')), { code: 'model_not_found' });
});

test("an operator's file is linked, not copied, and a change of it is noticed", async (t) => {
  const { store, folder } = await scratch(t);
  const source = join(folder, 'mine.gguf');
  await writeFile(source, 'weights');
  const sha256 = await store.hashOf(source);
  assert.equal(sha256, sha256Of('weights'));
  const { path } = await store.link(source, sha256);
  assert.equal(await readlink(path), source);
  assert.equal((await store.locate(sha256)).sizeBytes, 7);
  await writeFile(source, 'changed weights');
  assert.equal(await store.has(sha256), false);
  await assert.rejects(store.locate(sha256), { code: 'model_unusable' });
  await writeFile(source, 'weights');
  await store.link(source, await store.hashOf(source));
  assert.equal(await store.has(sha256), true, 'adding it again heals it');
  await store.remove(sha256);
  assert.equal(await readFile(source, 'utf8'), 'weights', "the operator's file stays");
  assert.equal(await store.has(sha256), false);
});

test('a file that changes between its hashing and its linking does not get the name of what it was', async (t) => {
  const { store, folder } = await scratch(t);
  const source = join(folder, 'mine.gguf');
  await writeFile(source, 'weights');
  const sha256 = await store.hashOf(source);
  await writeFile(source, 'other weights');
  await assert.rejects(store.link(source, sha256), { code: 'model_unusable' });
  await assert.rejects(store.locate(sha256), { code: 'model_not_found' });
});

test('a link that was cut off before its rename leads nobody to the file of before', async (t) => {
  const { store, root, folder } = await scratch(t);
  const [before, now] = [join(folder, 'before.gguf'), join(folder, 'now.gguf')];
  for (const file of [before, now]) await writeFile(file, 'weights');
  const sha256 = await store.hashOf(before);
  await store.link(before, sha256);
  const old = await readlink(store.pathOf(sha256));
  await store.link(now, await store.hashOf(now));
  // As after a kill: what is known of the new file is written, the link still points to the old one, which changed.
  await rm(store.pathOf(sha256));
  await symlink(old, store.pathOf(sha256));
  await writeFile(before, 'poison!');
  await assert.rejects(store.locate(sha256), { code: 'model_unusable' });
  await store.link(now, sha256);
  assert.equal((await store.locate(sha256)).sizeBytes, 7);
  assert.deepEqual(await readdir(join(root, 'blobs')), [`sha256-${sha256}`]);
});

test('linking what is already stored keeps the own copy, and a download replaces a link', async (t) => {
  const { store, folder } = await scratch(t);
  const source = join(folder, 'mine.gguf');
  await writeFile(source, 'weights');
  const sha256 = sha256Of('weights');
  await store.link(source, sha256);
  const part = await store.partPath(jobId);
  await writeFile(part, 'weights');
  await store.adopt(part, sha256);
  assert.ok((await lstat(store.pathOf(sha256))).isFile());
  await store.link(source, sha256);
  assert.ok((await lstat(store.pathOf(sha256))).isFile());
});

test('hashing is remembered over a restart, and a touched file is hashed anew', async (t) => {
  const { store, root, folder } = await scratch(t);
  const source = join(folder, 'mine.gguf');
  await writeFile(source, 'weights');
  let hashed = 0;
  const onProgress = (): void => {
    hashed++;
  };
  await store.hashOf(source, { onProgress });
  assert.equal(hashed, 1);
  assert.equal(await createBlobStore({ root }).hashOf(source, { onProgress }), sha256Of('weights'));
  assert.equal(hashed, 1, 'not read a second time');
  await utimes(source, 1, 1);
  await store.hashOf(source, { onProgress });
  assert.equal(hashed, 2);
});

test('hashing stops when told to', async (t) => {
  const { store, folder } = await scratch(t);
  await writeFile(join(folder, 'a'), 'weights');
  await assert.rejects(store.hashOf(join(folder, 'a'), { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('no path is made from anything but a hash or a job id', async (t) => {
  const { store } = await scratch(t);
  for (const text of [
    '',
    '../../etc/passwd',
    'A'.repeat(64),
    `${'a'.repeat(63)}/`,
    `${'a'.repeat(64)}\n`,
    'a'.repeat(65),
    `sha256-${'a'.repeat(57)}`,
  ]) {
    assert.throws(() => store.pathOf(text), { code: 'invalid_value' }, text);
    await assert.rejects(store.has(text), { code: 'invalid_value' }, text);
    await assert.rejects(store.partPath(text), { code: 'invalid_value' }, text);
    assert.throws(() => store.removePart(text), { code: 'invalid_value' }, text);
  }
});

test('a download that does not fit is refused with both numbers before it begins', async (t) => {
  const { store } = await scratch(t);
  await store.ensureSpace(1);
  await assert.rejects(store.ensureSpace(1e18), (error) => {
    assert.ok(isAppError(error));
    assert.equal(error.code, 'disk_full');
    assert.equal(error.params?.neededBytes, 1e18);
    assert.match(error.message, /needs 1000000000\.00 GB/);
    return true;
  });
});
