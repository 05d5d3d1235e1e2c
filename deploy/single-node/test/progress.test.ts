import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { megabytes, showProgress } from '../src/progress.ts';

/** A place to print to; a terminal or not. */
function printed(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80 }) as unknown as NodeJS.WriteStream & PassThrough;
  return { out: stream, text: () => String(stream.read() ?? '') };
}

test('a log gets a line for each tenth, not for each piece', () => {
  const { out, text } = printed(false);
  const progress = showProgress('download', { unit: 'bytes', out });
  for (let done = 0; done <= 1000; done++) progress.update(done * 1e6, 1000e6);
  progress.stop();
  const lines = text().trimEnd().split('\n');
  assert.equal(lines.length, 11);
  assert.equal(lines[0], '  download 0 % of 1.00 GB');
  assert.equal(lines[10], '  download 100 % of 1.00 GB');
});

test('a download whose size is not known yet counts as just begun', () => {
  const { out, text } = printed(false);
  const progress = showProgress('download', { unit: 'percent', out });
  progress.update(0, 0);
  progress.stop();
  assert.equal(text(), '  download 0 %\n');
});

test('a terminal gets one bar with how much and how fast', () => {
  const { out, text } = printed(true);
  const progress = showProgress('download', { unit: 'bytes', out });
  progress.update(50e6, 200e6);
  progress.update(200e6, 200e6);
  progress.stop();
  assert.match(text(), /download .*100 % 200\.0 MB of 200\.0 MB · .+\/s/);
});

test('what ends before it began, and what is quiet, prints nothing', () => {
  for (const [isTTY, quiet] of [
    [true, false],
    [false, false],
    [true, true],
  ] as const) {
    const { out, text } = printed(isTTY);
    const progress = showProgress('download', { unit: 'bytes', quiet, out });
    if (quiet) progress.update(1, 2);
    progress.stop();
    assert.equal(text(), '');
  }
});

test('sizes are decimal, as hubs and disks count', () => {
  assert.deepEqual([1_500, 253_113_024, 4_920_000_000].map(megabytes), ['2 kB', '253.1 MB', '4.92 GB']);
});
