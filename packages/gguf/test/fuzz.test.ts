import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@sangha/errors';
import { tinyGguf } from '@sangha/testkit/tiny-gguf';
import { preflight } from '../src/index.ts';

/** Small, so that thousands of copies are quick; every kind of header entry is in it. */
const sound = tinyGguf({ embeddingLength: 32, blocks: 1, feedForwardLength: 32, vocabularySize: 300, weights: 'q8_0' });
const headerBytes = sound.length - (await preflight(sound)).weightsBytes - 512;

/** Accepted or refused with a reason; anything else that is thrown is a hole. */
async function survives(bytes: Uint8Array, what: string): Promise<boolean> {
  try {
    await preflight(bytes);
    return true;
  } catch (error) {
    assert.ok(isAppError(error) && (error.code === 'not_a_gguf' || error.code === 'model_unusable'), `${what}: ${String(error)}`);
    return false;
  }
}

const mutated = (mutate: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(sound);
  mutate(copy);
  return copy;
};

test('every truncation is refused', async () => {
  for (let length = 0; length < headerBytes; length += 5)
    assert.equal(await survives(sound.subarray(0, length), `cut at ${length}`), false);
  assert.equal(await survives(sound.subarray(0, -33), 'cut in the last weights'), false);
});

test('a flipped byte anywhere in the header is read or refused, never more', async () => {
  let refused = 0;
  for (let at = 0; at < headerBytes; at += 3) {
    const bytes = mutated((copy) => {
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
    });
    if (!(await survives(bytes, `flip at ${at}`))) refused++;
  }
  assert.ok(refused > 100, `only ${refused} refusals: the flips missed the structure`);
});

test('a huge number anywhere in the header neither hangs nor allocates', async () => {
  const before = process.memoryUsage();
  for (const value of [2n ** 64n - 1n, 2n ** 63n, 2n ** 32n, 2n ** 31n - 1n, 0n])
    for (let at = 4; at < headerBytes; at += 11)
      await survives(
        mutated((copy) => copy.writeBigUInt64LE(value, at)),
        `${value} at ${at}`,
      );
  const { arrayBuffers, external } = process.memoryUsage();
  assert.ok(arrayBuffers + external - before.arrayBuffers - before.external < 1024 ** 3);
});

test('random bytes after a sound start are refused', async () => {
  let state = 12345;
  const random = (): number => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state >>> 8;
  };
  for (let round = 0; round < 300; round++) {
    const from = 8 + (random() % (headerBytes - 8));
    const bytes = mutated((copy) => {
      for (let at = from; at < from + 64; at++) copy[at] = random() & 0xff;
    });
    await survives(bytes, `noise at ${from}`);
  }
});
