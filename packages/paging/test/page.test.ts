import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePage, skipTake } from '../src/index.ts';

test('nothing said is the first thirty', () => assert.deepEqual(parsePage({ page: 0, pageSize: 0 }), { page: 1, pageSize: 30 }));
test('a larger page is capped at a hundred', () => assert.equal(parsePage({ page: 1, pageSize: 5000 }).pageSize, 100));
test('no page is so far out that the database only counts', () =>
  assert.equal(parsePage({ page: 4_000_000_000, pageSize: 1 }).page, 1_000_000));
test('pages follow each other without a gap', () => {
  assert.deepEqual(skipTake({ page: 1, pageSize: 30 }), { skip: 0, take: 30 });
  assert.deepEqual(skipTake({ page: 2, pageSize: 30 }), { skip: 30, take: 30 });
});
