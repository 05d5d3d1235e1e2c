import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type TinyGgufDamage, writeTinyGguf } from '@sangha/testkit/tiny-gguf';
import { engineEnvironment } from '../src/engines/llama/engine-environment.ts';
import type { EngineProcess } from '../src/engines/llama/engine-process.ts';
import { createLlamaEngines } from '../src/engines/llama/index.ts';
import { answer, openTiny, request, silentLog, temporaryFolder, tinySpec } from './llama-fixture.ts';

test('when the engine process dies, everyone who waits hears engine_crashed and later callers too', async () => {
  let process: EngineProcess | undefined;
  const { engine, close } = await openTiny({ deps: { onProcess: (started) => (process = started) } });
  try {
    const open = [1, 2].map(() => answer(engine, { ignoreEos: true, maxTokens: 400 }).catch((error: unknown) => error));
    const stream = engine
      .generate(request({ ignoreEos: true, maxTokens: 400 }), new AbortController().signal)
      [Symbol.asyncIterator]();
    await stream.next();
    process?.kill();
    for (const error of await Promise.all(open)) {
      assert.ok(error instanceof Error && 'code' in error && 'retryAfterSecs' in error);
      assert.equal(error.code, 'engine_crashed');
      assert.equal(error.retryAfterSecs, 2);
      assert.match(error.message, /try again/);
    }
    await assert.rejects(
      async () => {
        for (;;) if ((await stream.next()).done) return;
      },
      { code: 'engine_crashed' },
    );
    assert.deepEqual(await engine.exited, { expected: false, reason: 'killed by SIGKILL' });
    await assert.rejects(answer(engine), { code: 'engine_crashed' });
  } finally {
    await close();
  }
});

test('close ends the process and is no crash', async () => {
  let process: EngineProcess | undefined;
  const { engine, close } = await openTiny({ deps: { onProcess: (started) => (process = started) } });
  await close();
  assert.equal((await engine.exited).expected, true);
  assert.ok(process?.pid);
  assert.throws(() => globalThis.process.kill(Number(process?.pid), 0), { code: 'ESRCH' });
  await assert.rejects(answer(engine), { code: 'shutting_down' });
});

test('an engine does not outlive its parent, however that one ends', async (t) => {
  const folder = await temporaryFolder();
  t.after(folder.remove);
  const modelPath = join(folder.path, 'tiny.gguf');
  await writeTinyGguf(modelPath);
  const parent = spawn(process.execPath, [fileURLToPath(new URL('./llama-orphan.ts', import.meta.url)), modelPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => parent.kill('SIGKILL'));
  let said = '';
  for await (const text of parent.stdout.setEncoding('utf8')) {
    said += text;
    if (said.includes('ready')) break;
  }
  parent.kill('SIGKILL');
  const pid = Number.parseInt(said, 10);
  assert.ok(pid > 0);
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

test('a Ctrl-C and a SIGTERM, which a terminal and a service manager send to every process, leave the end to the parent', async () => {
  let process: EngineProcess | undefined;
  const { engine, close } = await openTiny({ deps: { onProcess: (started) => (process = started) } });
  try {
    const stream = engine.generate(request({ ignoreEos: true, maxTokens: 200 }), new AbortController().signal);
    let finishReason: string | undefined;
    for await (const event of stream) {
      if ('started' in event) for (const signal of ['SIGINT', 'SIGTERM']) globalThis.process.kill(Number(process?.pid), signal);
      if ('finished' in event) finishReason = event.finished.choices?.[0]?.finishReason;
    }
    assert.equal(finishReason, 'length');
  } finally {
    await close();
  }
});

test('an aborted load leaves no process', async (t) => {
  const folder = await temporaryFolder();
  t.after(folder.remove);
  const modelPath = join(folder.path, 'tiny.gguf');
  const { sha256 } = await writeTinyGguf(modelPath);
  const controller = new AbortController();
  let process: EngineProcess | undefined;
  const opening = createLlamaEngines({ log: silentLog, onProcess: (started) => (process = started) }).open(
    { ...tinySpec, modelPath, sha256 },
    { signal: controller.signal, onProgress: () => {} },
  );
  controller.abort();
  await assert.rejects(opening, { code: 'cancelled' });
  assert.throws(() => globalThis.process.kill(Number(process?.pid), 0), { code: 'ESRCH' });
});

test('a damaged file is refused with a reason and never ends the parent', async (t) => {
  const folder = await temporaryFolder();
  t.after(folder.remove);
  const engines = createLlamaEngines({ log: silentLog });
  const open = (modelPath: string) =>
    engines.open(
      { ...tinySpec, modelPath, sha256: '0'.repeat(64) },
      { signal: new AbortController().signal, onProgress: () => {} },
    );
  // `zero_heads` is the one that makes native code abort; the others are refused by it.
  const damages: TinyGgufDamage[] = ['not_gguf', 'cut_weights', 'huge_tensor_count', 'zero_heads'];
  const refusals = damages.map(async (damage) => {
    const path = join(folder.path, `${damage}.gguf`);
    await writeTinyGguf(path, { damage });
    await assert.rejects(open(path), { code: 'model_unusable' }, damage);
  });
  await Promise.all([...refusals, assert.rejects(open(join(folder.path, 'missing.gguf')), { code: 'model_load_failed' })]);
});

test('weights that are not numbers are refused', async (t) => {
  const folder = await temporaryFolder();
  t.after(folder.remove);
  const path = join(folder.path, 'nan.gguf');
  await writeTinyGguf(path);
  const bytes = await readFile(path);
  bytes.fill(0xff, bytes.length - 100_000);
  await writeFile(path, bytes);
  const opening = createLlamaEngines({ log: silentLog }).open(
    { ...tinySpec, modelPath: path, sha256: '0'.repeat(64) },
    { signal: new AbortController().signal, onProgress: () => {} },
  );
  await assert.rejects(opening, { code: 'model_unusable' });
});

test('more context than any memory holds is no_memory before it is tried', async () => {
  await assert.rejects(openTiny({ spec: { contextSize: 2 ** 30, sequences: 64 } }), { code: 'no_memory' });
});

test('the environment of an engine holds nothing but names on the list and what was added', async () => {
  const chosen = engineEnvironment(
    { PATH: '/bin', DATABASE_URL: 'postgres://secret', NODE_OPTIONS: '--inspect', HOME: '/root' },
    { EXTRA: '1' },
  );
  assert.deepEqual(chosen, { PATH: '/bin', HOME: '/root', EXTRA: '1' });
});

test('no secret of the parent is in the engine process', { skip: process.platform !== 'linux' && 'reads /proc' }, async () => {
  let started: EngineProcess | undefined;
  const { close } = await openTiny({
    deps: { environment: { ...process.env, SANGHA_PLATFORM_KEY: 'canary-8f2c' }, onProcess: (child) => (started = child) },
  });
  try {
    for (const file of ['environ', 'cmdline'])
      assert.doesNotMatch(await readFile(`/proc/${started?.pid}/${file}`, 'utf8'), /canary-8f2c|SANGHA_/);
  } finally {
    await close();
  }
});
