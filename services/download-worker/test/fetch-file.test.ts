import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AppError } from '@sangha/errors';
import { fetchFile } from '../src/fetch-file.ts';
import type { ByteRange, Hub, HubStream } from '../src/hub/hub.ts';
import { openPartFile } from '../src/part-file.ts';

const content = randomBytes(100_000);
const sha256 = createHash('sha256').update(content).digest('hex');
const signal = new AbortController().signal;
const file = { repo: 'a/b', commit: 'c', name: 'x.gguf' };

async function scratch(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'fetch-'));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, 'x.part');
}

/** A hub whose answers are written down one by one. */
function hubOf(...answers: ((range: ByteRange) => Partial<HubStream> & { bytes?: Buffer })[]): Hub & { asked: ByteRange[] } {
  const asked: ByteRange[] = [];
  return {
    asked,
    list: () => assert.fail(),
    reach: async () => undefined,
    async read(_file, range) {
      const answer = answers[Math.min(asked.length, answers.length - 1)]?.(range) ?? {};
      asked.push(range);
      const from = answer.from ?? range.from;
      const bytes = answer.bytes ?? content.subarray(from, range.to);
      return {
        totalBytes: content.length,
        etag: '"v1"',
        ...answer,
        from,
        body: answer.body ?? bodyOf(bytes),
        close: () => undefined,
      };
    },
  };
}

async function* bodyOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7000) yield bytes.subarray(at, at + 7000);
}

const common = { file, totalBytes: content.length, chunkBytes: 30_000, retryDelaysMs: [0, 0], signal, onBytes: () => undefined };

test('a server that sends a part of another version, deaf to If-Range, never has it mixed in', async (t) => {
  const part = await openPartFile(await scratch(t), 0, signal);
  const hub = hubOf(
    () => ({ etag: '"old"', bytes: Buffer.alloc(30_000) }),
    () => ({ etag: '"new"' }),
  );
  await fetchFile({ ...common, hub, part, pin: { etag: undefined } });
  assert.equal(part.digest(), sha256);
  assert.deepEqual(
    hub.asked.slice(0, 3).map(({ from }) => from),
    [0, 30_000, 0],
  );
  await part.close();
});

test('a file that changes with every answer is given up', async (t) => {
  const part = await openPartFile(await scratch(t), 0, signal);
  let version = 0;
  const hub = hubOf(() => ({ etag: `"v${version++}"` }));
  await assert.rejects(fetchFile({ ...common, hub, part, pin: { etag: undefined } }), {
    code: 'hub_unreachable',
    message: /changes at the hub/,
  });
  await part.close();
});

test('answers that end early, again and again without a byte, are given up', async (t) => {
  const part = await openPartFile(await scratch(t), 0, signal);
  const hub = hubOf(() => ({ bytes: Buffer.alloc(0) }));
  await assert.rejects(fetchFile({ ...common, hub, part, pin: { etag: undefined } }), {
    code: 'hub_unreachable',
    message: /too early/,
  });
  assert.equal(hub.asked.length, 3);
  await part.close();
});

test('failures count from the last byte gained, so a slow line gets there', async (t) => {
  const part = await openPartFile(await scratch(t), 0, signal);
  const hub = hubOf(({ from }) => ({
    body: (async function* () {
      yield content.subarray(from, from + 5000);
      throw new AppError('hub_unreachable', 'The line broke.');
    })(),
  }));
  await fetchFile({ ...common, hub, part, pin: { etag: undefined } });
  assert.equal(part.digest(), sha256);
  assert.equal(hub.asked.length, 20);
  await part.close();
});

test('a hub without a length in its list is believed in its first answer', async (t) => {
  const part = await openPartFile(await scratch(t), 0, signal);
  assert.equal(
    await fetchFile({ ...common, totalBytes: undefined, hub: hubOf(() => ({})), part, pin: { etag: undefined } }),
    content.length,
  );
  assert.equal(part.digest(), sha256);
  await part.close();
  const other = await openPartFile(`${await scratch(t)}2`, 0, signal);
  await assert.rejects(
    fetchFile({
      ...common,
      totalBytes: undefined,
      hub: hubOf(() => ({ totalBytes: undefined })),
      part: other,
      pin: { etag: undefined },
    }),
    { code: 'upstream_failed' },
  );
  await other.close();
});

test('what came after the last durable byte is not trusted, and what the disk lost is fetched again', async (t) => {
  const path = await scratch(t);
  await writeFile(path, Buffer.concat([content.subarray(0, 40_000), Buffer.alloc(20_000, 0xff)]));
  const part = await openPartFile(path, 40_000, signal);
  assert.equal(part.writtenBytes, 40_000);
  const hub = hubOf(() => ({}));
  await fetchFile({ ...common, hub, part, pin: { etag: '"v1"' } });
  assert.deepEqual(hub.asked[0], { from: 40_000, to: 70_000, etag: '"v1"' });
  assert.equal(part.digest(), sha256);
  await part.flush();
  assert.equal(part.durableBytes, content.length);
  await part.close();
  assert.deepEqual(await readFile(path), content);

  await truncate(path, 10_000);
  const shorter = await openPartFile(path, 40_000, signal);
  assert.equal(shorter.writtenBytes, 10_000);
  await shorter.close();
});

test('a part that a later attempt made anew is not removed by the earlier one', async (t) => {
  const path = await scratch(t);
  const earlier = await openPartFile(path, 0, signal);
  await rm(path);
  const later = await openPartFile(path, 0, signal);
  await later.append(content);
  await earlier.removeOwn();
  assert.equal((await stat(path)).size, content.length);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await later.removeOwn();
  await assert.rejects(stat(path), { code: 'ENOENT' });
  await Promise.all([earlier.close(), later.close()]);
});
