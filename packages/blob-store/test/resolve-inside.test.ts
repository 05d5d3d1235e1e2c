import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { resolveInside } from '../src/index.ts';

async function scratch(t: TestContext) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'inside-')));
  t.after(() => rm(folder, { recursive: true }));
  const root = join(folder, 'root');
  await mkdir(join(root, 'sub'), { recursive: true });
  await mkdir(join(folder, 'root-beside'));
  await writeFile(join(folder, 'secret'), 'x');
  await writeFile(join(root, 'sub', 'file'), 'x');
  return { folder, root };
}

test('names inside stay inside, also such that do not exist yet', async (t) => {
  const { root } = await scratch(t);
  assert.equal(await resolveInside(root, 'sub/file'), join(root, 'sub/file'));
  assert.equal(await resolveInside(root, 'sub/../sub/./file'), join(root, 'sub/file'));
  assert.equal(await resolveInside(root, 'new/deep/name'), join(root, 'new/deep/name'));
  assert.equal(await resolveInside(root, '..hidden'), join(root, '..hidden'));
  await symlink(join(root, 'sub'), join(root, 'alias'));
  assert.equal(await resolveInside(root, 'alias/file'), join(root, 'sub/file'));
});

test('nothing leads outside: dots, absolute paths, look-alike siblings, zero bytes, links', async (t) => {
  const { folder, root } = await scratch(t);
  await symlink(folder, join(root, 'up'));
  await symlink(join(folder, 'secret'), join(root, 'leak'));
  await symlink(join(folder, 'not-there'), join(root, 'dangling'));
  await symlink('loop', join(root, 'loop'));
  const escapes = [
    '..',
    '.',
    '',
    '/',
    '/etc/passwd',
    '../secret',
    'sub/../../secret',
    '../root-beside/x',
    'up/secret',
    'up/new',
    'leak',
    'dangling',
    'dangling/x',
    'loop',
    'a\0b',
    'sub/file/x/../../../../secret',
  ];
  for (const text of escapes) await assert.rejects(resolveInside(root, text), { code: 'invalid_value' }, JSON.stringify(text));
});
