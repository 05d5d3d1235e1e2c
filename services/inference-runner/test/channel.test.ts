import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChannel } from '../src/channel.ts';
import { manualClock } from './manual-clock.ts';

function open() {
  const clock = manualClock();
  const seen = { stalled: 0, left: 0 };
  const channel = createChannel<string>({
    clock,
    stalledMs: 1_000,
    onStalled: () => {
      seen.stalled++;
    },
    onLeft: () => {
      seen.left++;
    },
  });
  return { channel, seen, clock, reader: channel[Symbol.asyncIterator]() };
}

test('a writer waits while the last value was not taken', async () => {
  const { channel, reader } = open();
  let isFree = false;
  const pushed = channel.push('a').then(() => {
    isFree = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isFree, false);
  assert.deepEqual(await reader.next(), { done: false, value: 'a' });
  await pushed;
});

test('of news only the latest is kept, and it comes before what was pushed', async () => {
  const { channel, reader } = open();
  channel.offer('old');
  channel.offer('new');
  void channel.push('a');
  channel.end();
  const values = [await reader.next(), await reader.next(), await reader.next()].map(({ value }) => value);
  assert.deepEqual(values, ['new', 'a', undefined]);
});

test('an error drops what was not taken, frees the writer and reaches a reader that waits', async () => {
  const { channel, reader } = open();
  const pushed = channel.push('a');
  channel.fail(new Error('gone'));
  await pushed;
  await assert.rejects(reader.next(), /gone/);
  const waiting = open();
  const next = waiting.reader.next();
  waiting.channel.fail(new Error('later'));
  await assert.rejects(next, /later/);
});

test('a reader that stops early is noticed and frees the writer; one that came to the end is not', async () => {
  const { channel, seen, reader } = open();
  const pushed = channel.push('a');
  await reader.return?.();
  await pushed;
  await channel.push('b');
  assert.equal(seen.left, 1);
  const other = open();
  other.channel.end();
  for await (const _ of other.channel);
  assert.equal(other.seen.left, 0);
});

test('a value that nobody takes in time is noticed, and never one that was taken', async () => {
  const { channel, seen, clock, reader } = open();
  void channel.push('a');
  clock.advance(999);
  await reader.next();
  clock.advance(5_000);
  assert.equal(seen.stalled, 0);
  void channel.push('b');
  clock.advance(1_000);
  assert.equal(seen.stalled, 1);
});
