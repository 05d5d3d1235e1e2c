import type { Chunk } from '../../../../../../protos/generated/sangha/inference/v1/Chunk.ts';
import type { Finished } from '../../../../../../protos/generated/sangha/inference/v1/Finished.ts';
import type { Started } from '../../../../../../protos/generated/sangha/inference/v1/Started.ts';
import { chunkWindow, type FromChild, type TickItem } from '../protocol.ts';

/** Where the work on one request puts what it made. */
export interface Channel {
  started(started: Started): void;
  chunk(chunk: Chunk): void;
  finished(finished: Finished): void;
  /** Undefined while the reader keeps up; else settles when there is room again or `signal` aborts. */
  room(signal: AbortSignal): Promise<void> | undefined;
}

export interface Outbox {
  open(id: number): Channel;
  close(id: number): void;
  credit(id: number, chunks: number): void;
  put(item: TickItem): void;
}

/** Gathers what all requests make in one turn of the event loop into one message: a message per token would cost more than the token. */
export function createOutbox(send: (message: FromChild) => void): Outbox {
  let items: TickItem[] = [];
  const accounts = new Map<number, { credit: number; wake: (() => void) | undefined }>();

  const flush = () => {
    const tick = items;
    items = [];
    send({ type: 'tick', items: tick });
  };
  const put = (item: TickItem) => {
    if (items.push(item) === 1) setImmediate(flush);
  };

  return {
    put,
    open(id) {
      const account: { credit: number; wake: (() => void) | undefined } = { credit: chunkWindow, wake: undefined };
      accounts.set(id, account);
      return {
        started: (started) => put({ id, started }),
        finished: (finished) => put({ id, finished }),
        chunk(chunk) {
          account.credit -= 1;
          put({ id, chunks: [chunk] });
        },
        room(signal) {
          if (account.credit > 0 || signal.aborted) return undefined;
          return new Promise((resolve) => {
            const previous = account.wake;
            account.wake = () => {
              signal.removeEventListener('abort', wake);
              previous?.();
              resolve();
            };
            const wake = () => account.wake?.();
            signal.addEventListener('abort', wake, { once: true });
          });
        },
      };
    },
    close: (id) => void accounts.delete(id),
    credit(id, chunks) {
      const account = accounts.get(id);
      if (!account) return;
      account.credit += chunks;
      const wake = account.wake;
      account.wake = undefined;
      wake?.();
    },
  };
}
