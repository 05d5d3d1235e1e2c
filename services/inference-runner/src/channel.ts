import type { Clock } from './clock.ts';

/**
 * One writer, one reader. The writer waits while the reader has not taken the last value, so a slow reader slows the source
 * instead of filling memory. News (`offer`) never wait: only the latest that was not taken yet is kept.
 */
export interface Channel<T> extends AsyncIterable<T> {
  /** Resolves when there is room for another, or the reader left. */
  push(value: T): Promise<void>;
  offer(news: T): void;
  /** The reader gets what was pushed, then the end. */
  end(): void;
  /** The reader gets the error at once; what was pushed and not taken is dropped. */
  fail(error: unknown): void;
}

export interface ChannelOptions {
  clock: Clock;
  /** A value that lies here for so long means that nobody reads. */
  stalledMs: number;
  onStalled(): void;
  /** The reader stopped before the end. */
  onLeft(): void;
}

export function createChannel<T>({ clock, stalledMs, onStalled, onLeft }: ChannelOptions): Channel<T> {
  const pushed: T[] = [];
  let news: { value: T } | undefined;
  let over: { error?: unknown } | undefined;
  let reader: PromiseWithResolvers<IteratorResult<T>> | undefined;
  let wakeWriter: (() => void) | undefined;
  let cancelStalled: (() => void) | undefined;

  function next(): Promise<IteratorResult<T>> {
    if (news) {
      const { value } = news;
      news = undefined;
      return Promise.resolve({ done: false, value });
    }
    if (pushed.length > 0) {
      const value = pushed.shift() as T;
      if (pushed.length === 0) releaseWriter();
      return Promise.resolve({ done: false, value });
    }
    if (over) return over.error === undefined ? Promise.resolve(done) : Promise.reject(over.error);
    reader = Promise.withResolvers();
    return reader.promise;
  }

  function releaseWriter(): void {
    cancelStalled?.();
    cancelStalled = undefined;
    wakeWriter?.();
    wakeWriter = undefined;
  }

  /** Hands over to a reader that waits already. */
  function handOver(value: T): boolean {
    reader?.resolve({ done: false, value });
    const waited = reader !== undefined;
    reader = undefined;
    return waited;
  }

  function close(how: { error?: unknown }): void {
    if (over) return;
    over = how;
    if (how.error !== undefined) {
      pushed.length = 0;
      news = undefined;
      releaseWriter();
      reader?.reject(how.error);
    } else reader?.resolve(done);
    reader = undefined;
  }

  return {
    push(value) {
      if (over || handOver(value)) return settled;
      pushed.push(value);
      cancelStalled?.();
      cancelStalled = clock.after(stalledMs, onStalled);
      return new Promise((resolve) => {
        wakeWriter = resolve;
      });
    },
    offer(value) {
      if (!over && !handOver(value)) news = { value };
    },
    end: () => close({}),
    fail: (error) => close({ error }),

    [Symbol.asyncIterator]: () => ({
      next,
      return() {
        reader?.resolve(done);
        reader = undefined;
        pushed.length = 0;
        news = undefined;
        const early = over === undefined;
        over ??= {};
        releaseWriter();
        if (early) onLeft();
        return Promise.resolve(done);
      },
    }),
  };
}

const settled = Promise.resolve();
const done = { done: true, value: undefined } as const;
