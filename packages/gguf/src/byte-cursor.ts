import { Buffer } from 'node:buffer';
import { unusable } from './refusals.ts';

/** Reads up to `target.length` bytes from `position` on; resolves with how many. */
export type ReadAt = (target: Buffer, position: number) => Promise<number>;

export interface ByteCursor {
  readonly position: number;
  /** Bytes from here to the end of the file. */
  readonly remaining: number;
  /** Whether the next bytes are in memory already. Asked before `fill` so that long loops need no `await` per element. */
  has(byteCount: number): boolean;
  /** Brings the next bytes into memory, at most a window's worth. Refuses when the file ends before. */
  fill(byteCount: number): Promise<void>;
  /** The next number; its bytes must have been filled. */
  take<T>(byteCount: number, read: (bytes: Buffer, at: number) => T): T;
  /** The bytes of a text or blob of any length that the caller has bounded. */
  bytes(byteCount: number): Promise<Buffer>;
  /** What stands at the cursor, without moving; must have been filled. */
  peek(byteCount: number): Buffer;
  /** Moves on without reading. */
  skip(byteCount: number): void;
}

const windowBytes = 256 * 1024;

/** Walks a file through one window of memory, and never past its end or past `maxPosition`. */
export function byteCursor(readAt: ReadAt, sizeBytes: number, maxPosition: number): ByteCursor {
  const window = Buffer.allocUnsafe(Math.min(windowBytes, Math.max(sizeBytes, 1)));
  let start = 0; // the file's position of window[0]
  let held = 0; // valid bytes in the window
  let at = 0; // the cursor inside the window

  const advance = (byteCount: number): void => {
    if (byteCount > sizeBytes - (start + at)) throw ended(sizeBytes);
    if (start + at + byteCount > maxPosition) throw unusable(`its header is longer than ${maxPosition} bytes`);
    at += byteCount;
  };
  const fill = async (byteCount: number): Promise<void> => {
    if (at + byteCount <= held) return;
    if (byteCount > sizeBytes - (start + at)) throw ended(sizeBytes);
    if (at < held) window.copyWithin(0, at, held);
    start += at;
    held = Math.max(held - at, 0);
    at = 0;
    while (held < byteCount) {
      const count = await readAt(window.subarray(held), start + held);
      if (count === 0) throw ended(start + held);
      held += count;
    }
  };
  return {
    get position() {
      return start + at;
    },
    get remaining() {
      return sizeBytes - (start + at);
    },
    has: (byteCount) => at + byteCount <= held,
    fill,
    take: (byteCount, read) => {
      const value = read(window, at);
      advance(byteCount);
      return value;
    },
    peek: (byteCount) => window.subarray(at, at + byteCount),
    skip: advance,
    bytes: async (byteCount) => {
      if (byteCount <= window.length) {
        await fill(byteCount);
        const copy = Buffer.from(window.subarray(at, at + byteCount));
        advance(byteCount);
        return copy;
      }
      const from = start + at;
      advance(byteCount);
      return readFully(readAt, from, byteCount);
    },
  };
}

async function readFully(readAt: ReadAt, from: number, byteCount: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(byteCount);
  let done = 0;
  while (done < byteCount) {
    const count = await readAt(bytes.subarray(done), from + done);
    if (count === 0) throw ended(from + done);
    done += count;
  }
  return bytes;
}

const ended = (position: number): Error => unusable(`the file ends at byte ${position}, in the middle of its header`);
