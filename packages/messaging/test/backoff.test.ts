import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../src/backoff.ts';

test('rests grow from a second to five minutes and are spread by a fifth', () => {
  const middle = () => 0.5;
  assert.deepEqual(
    [1, 2, 3, 9, 10, 1000].map((attempt) => backoffMs(attempt, middle)),
    [1000, 2000, 4000, 256_000, 300_000, 300_000],
  );
  assert.deepEqual([backoffMs(1, () => 0), backoffMs(1, () => 1)], [800, 1200]);
});
