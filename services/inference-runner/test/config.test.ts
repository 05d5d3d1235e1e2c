import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '@sangha/config';
import { runnerConfig, runnerSettings } from '../src/app.ts';

const gib = 1024 ** 3;

test('the defaults leave a core and a quarter of the memory to others, and never less than one thread', () => {
  const laptop = runnerConfig({}, { totalBytes: 16 * gib, cores: 8 });
  assert.deepEqual([laptop.memoryBudgetBytes, laptop.threads], [11.5 * gib, 7]);
  const tiny = runnerConfig({}, { totalBytes: 0.5 * gib, cores: 1 });
  assert.deepEqual([tiny.memoryBudgetBytes, tiny.threads], [0.25 * gib, 1]);
  assert.equal(runnerConfig({ threads: 3 }, { totalBytes: gib, cores: 8 }).threads, 3);
  assert.ok(runnerConfig().memoryBudgetBytes > 0);
});

test('every setting of the operator is bounded', () => {
  const given = {
    BODHI_MODEL_MEMORY_BYTES: '1',
    BODHI_MODEL_THREADS: '0',
    BODHI_MODEL_SEQUENCES: '65',
    BODHI_QUEUE_PER_MODEL: 'many',
  };
  assert.throws(
    () => readConfig(runnerSettings, { environment: given }),
    (error: Error) => Object.keys(given).every((key) => error.message.includes(key)),
  );
});
