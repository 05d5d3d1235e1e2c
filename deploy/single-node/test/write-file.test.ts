import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { writePrivateFile } from '../src/write-file.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

test('a file holds the whole old text or the whole new one, while it is written and when its writer is killed', async (t) => {
  const file = join(temporaryFolder(t), 'file');
  const length = 4_000_000;
  const program = `
    const { writePrivateFile } = await import(${JSON.stringify(new URL('../src/write-file.ts', import.meta.url).href)});
    const texts = ['a'.repeat(${length}), 'b'.repeat(${length})];
    for (let round = 0; ; round++) {
      writePrivateFile(${JSON.stringify(file)}, texts[round % 2]);
      if (round === 0) process.stdout.write('written');
    }`;
  const writer = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => writer.kill('SIGKILL'));
  await once(writer.stdout, 'data');
  const whole = () => {
    const text = readFileSync(file, 'latin1');
    assert.equal(text.length, length);
    assert.ok(text === (text[0] ?? '').repeat(length));
  };
  for (let reads = 0; reads < 50; reads++) {
    whole();
    await sleep(1);
  }
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  whole();
});

test('a file is readable by its owner only, whatever it was before', (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, 'open to all', { mode: 0o644 });
  writePrivateFile(file, 'a secret');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(readFileSync(file, 'utf8'), 'a secret');
});
