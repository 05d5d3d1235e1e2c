import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLocalFolder } from '../src/hub/local-folder.ts';

const file = { repo: 'acme/tiny', commit: 'local', name: 'x.gguf' };
const { signal } = new AbortController();

test('a file of the folder that changes while it is copied is never taken for one of its versions', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'sangha-folder-hub-'));
  t.after(() => rm(root, { recursive: true }));
  await mkdir(join(root, 'acme', 'tiny'), { recursive: true });
  const path = join(root, 'acme', 'tiny', 'x.gguf');
  const length = 5 * 1024 ** 2;
  await writeFile(path, Buffer.alloc(length, 'a'));
  const hub = createLocalFolder(root);

  const whole = await hub.read(file, { from: 1, to: length, etag: undefined }, signal);
  let got = 0;
  for await (const bytes of whole.body) got += bytes.length;
  whole.close();
  assert.equal(got, length - 1);
  assert.equal(whole.totalBytes, length);

  const cut = await hub.read(file, { from: 0, to: length, etag: undefined }, signal);
  t.after(() => cut.close());
  await assert.rejects(
    async () => {
      let seen = 0;
      for await (const bytes of cut.body) {
        assert.ok(bytes.every((byte) => byte === 97));
        if (seen === 0) {
          await writeFile(path, Buffer.alloc(length, 'b'));
          await utimes(path, 1, 1);
        }
        seen += bytes.length;
      }
    },
    { code: 'hub_unreachable', message: /changed while it was copied/ },
  );
  const again = await hub.read(file, { from: 0, to: 10, etag: undefined }, signal);
  again.close();
  assert.notEqual(again.etag, cut.etag);
  await assert.rejects(hub.read(file, { from: 0, to: 10, etag: undefined }, AbortSignal.abort()), { name: 'AbortError' });
});
