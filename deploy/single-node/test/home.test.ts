import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openHome } from '../src/home.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

test('a data folder that is in use is refused to everybody else, naming the process that has it', async (t) => {
  const root = join(temporaryFolder(t), 'home');
  const holder = await holderOf(root, t);
  assert.throws(() => openHome(root), {
    code: 'home_in_use',
    message: new RegExp(`in use by another process \\(number ${holder.pid}\\)`),
  });
});

test('a data folder is free again the moment its process is killed', async (t) => {
  const root = join(temporaryFolder(t), 'home');
  const holder = await holderOf(root, t);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  assert.ok(existsSync(join(root, 'node.pid')), 'the dead process left its number behind');
  openHome(root).close();
});

test('a data folder is free again after close', (t) => {
  const root = join(temporaryFolder(t), 'home');
  const home = openHome(root);
  assert.throws(() => openHome(root), { code: 'home_in_use' });
  home.close();
  assert.ok(!existsSync(join(root, 'node.pid')));
  openHome(root).close();
});

test('a data folder and what it holds is for its owner only', (t) => {
  const root = join(temporaryFolder(t), 'deep', 'home');
  const umask = process.umask(0o000);
  t.after(() => process.umask(umask));
  const home = openHome(root);
  t.after(() => home.close());
  for (const folder of [root, home.databases, home.keys, home.models, home.logs]) assert.equal(modeOf(folder), '700', folder);
  for (const name of ['node.lock', 'node.pid']) assert.equal(modeOf(join(root, name)), '600', name);
});

test('a data folder that can not be made is refused with a way out', (t) => {
  const file = join(temporaryFolder(t), 'a-file');
  writeFileSync(file, '');
  assert.throws(() => openHome(join(file, 'home')), { code: 'invalid_value', message: /Choose another one with --home/ });
});

/** Another process that has the folder. */
async function holderOf(root: string, t: TestContext): Promise<ChildProcess> {
  const program = `
    const { openHome } = await import(${JSON.stringify(new URL('../src/home.ts', import.meta.url).href)});
    openHome(${JSON.stringify(root)});
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
