import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyGguf } from '@sangha/testkit/tiny-gguf';
import { estimateMemory, preflight } from '../src/index.ts';

const meta = await preflight(tinyGguf({ kvHeads: 2 }));
const base = { meta, contextSize: 1024, sequences: 2, batchSize: 128 };

test('the key-value cache grows with context and sequences, and shrinks with its type', () => {
  const { kvBytes } = estimateMemory(base);
  assert.equal(kvBytes, 1024 * 2 * meta.kvBytesPerToken);
  assert.equal(estimateMemory({ ...base, sequences: 4 }).kvBytes, 2 * kvBytes);
  assert.equal(estimateMemory({ ...base, contextSize: 1025 }).kvBytes, 1.25 * kvBytes, 'rounded up to whole cells of 256');
  assert.ok(estimateMemory({ ...base, kvType: 'q8_0' }).kvBytes < kvBytes * 0.6);
});

test('the total is the sum of its parts and never below the weights', () => {
  const { totalBytes, ...parts } = estimateMemory(base);
  assert.equal(
    totalBytes,
    Object.values(parts).reduce((sum, bytes) => sum + bytes, 0),
  );
  assert.ok(totalBytes > meta.weightsBytes);
});
