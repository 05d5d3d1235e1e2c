import type { IncomingMessage } from 'node:http';
import { AppError } from '@sangha/errors';
import { Gathered } from './gathered.ts';

/** Free bytes before and after a large body, so that `spliceBody` can change it where it lies. */
const marginBytes = 4096;
/** From here on a body gets its own memory at once instead of being put together from pieces at the end. */
const largeBytes = 64 * 1024;

/**
 * Reads a request's body of at most `maxBytes`. What announces more is refused before a byte is read, what turns out to be more
 * as soon as it does. `done` gets either the bytes or an error, once.
 */
export function readBody(
  req: IncomingMessage,
  maxBytes: number,
  done: (error: AppError | undefined, body: Buffer) => void,
): void {
  const { 'content-length': announced, 'content-encoding': encoding } = req.headers;
  const length = announced === undefined ? 0 : Number(announced);
  if (length > maxBytes) {
    done(tooLarge(maxBytes), empty);
    return;
  }
  if (encoding !== undefined && encoding !== 'identity') {
    const text = 'Compressed request bodies are not understood. Send the body as it is.';
    done(new AppError('invalid_request', text, { param: 'content-encoding' }), empty);
    return;
  }
  const pieces = length >= largeBytes ? intoPlace(length) : inPieces();
  let size = 0;
  let settled = false;
  const settle = (error: AppError | undefined, body: Buffer): void => {
    settled = true;
    done(error, body);
  };
  req.on('data', (chunk: Buffer) => {
    if (settled) return;
    size += chunk.length;
    if (size > maxBytes) settle(tooLarge(maxBytes), empty);
    else pieces.add(chunk);
  });
  req.on('end', () => {
    if (!settled) settle(undefined, pieces.whole());
  });
  req.on('close', () => {
    // An error costs its stack: it is made only for the rare request that breaks off.
    if (!settled) settle(new AppError('cancelled', 'The request ended before its body did.'), empty);
  });
}

/** Whether the body lies in memory of its own with a margin on both sides, made by `readBody`. */
export const marginOf = (body: Buffer): number =>
  body.byteOffset === marginBytes && body.buffer.byteLength === body.length + 2 * marginBytes ? marginBytes : 0;

interface Pieces {
  add(chunk: Buffer): void;
  whole(): Buffer;
}

/** The usual request comes in one piece. */
function inPieces(): Pieces {
  const gathered = new Gathered();
  return { add: (chunk) => gathered.add(chunk), whole: () => gathered.bytes };
}

/** The HTTP parser delivers exactly the announced bytes, or breaks off. */
function intoPlace(length: number): Pieces {
  const memory = Buffer.allocUnsafeSlow(length + 2 * marginBytes);
  let at = marginBytes;
  return {
    add(chunk) {
      at += chunk.copy(memory, at);
    },
    whole: () => memory.subarray(marginBytes, at),
  };
}

const empty = Buffer.alloc(0);
const tooLarge = (maxBytes: number): AppError =>
  new AppError(
    'body_too_large',
    `The body is larger than ${maxBytes} bytes. Send less at once, or ask the operator to raise the limit.`,
    { params: { max_bytes: maxBytes } },
  );
