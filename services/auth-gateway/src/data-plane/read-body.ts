import type { IncomingMessage } from 'node:http';
import { AppError } from '@sangha/errors';

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
  if (announced !== undefined && Number(announced) > maxBytes) {
    done(tooLarge(maxBytes), empty);
    return;
  }
  if (encoding !== undefined && encoding !== 'identity') {
    done(
      new AppError('invalid_request', 'Compressed request bodies are not understood. Send the body as it is.', {
        param: 'content-encoding',
      }),
      empty,
    );
    return;
  }
  let first: Buffer | undefined;
  let more: Buffer[] | undefined;
  let size = 0;
  let settled = false;
  const settle = (error: AppError | undefined, body: Buffer): void => {
    if (settled) return;
    settled = true;
    done(error, body);
  };
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (settled) return;
    if (size > maxBytes) {
      more = undefined;
      first = undefined;
      settle(tooLarge(maxBytes), empty);
    } else if (first === undefined) first = chunk;
    else if (more === undefined) more = [first, chunk];
    else more.push(chunk);
  });
  req.on('end', () => settle(undefined, more === undefined ? (first ?? empty) : Buffer.concat(more, size)));
  req.on('close', () => {
    // An error costs its stack: it is made only for the rare request that breaks off.
    if (!settled) settle(new AppError('cancelled', 'The request ended before its body did.'), empty);
  });
}

const empty = Buffer.alloc(0);
const tooLarge = (maxBytes: number): AppError =>
  new AppError(
    'body_too_large',
    `The body is larger than ${maxBytes} bytes. Send less at once, or ask the operator to raise the limit.`,
    {
      params: { max_bytes: maxBytes },
    },
  );
