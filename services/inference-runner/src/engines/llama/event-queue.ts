import type { Chunk } from '../../../../../protos/generated/sangha/inference/v1/Chunk.ts';
import type { EngineEvent } from '../../engine.ts';

/**
 * The events of one request between the process's messages and the consumer. Chunks that wait together leave as one delta.
 * Bounded by the credit that the producer has (see `chunkWindow`), not here.
 */
export interface EventQueue {
  push(event: Exclude<EngineEvent, { delta: unknown }>): void;
  pushChunks(chunks: Chunk[]): void;
  /** Ends the queue: what waits is still delivered, then `error` is thrown. */
  fail(error: Error): void;
  next(): Promise<EngineEvent>;
}

export function createEventQueue(): EventQueue {
  const waiting: EngineEvent[] = [];
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  const signal = () => {
    wake?.();
    wake = undefined;
  };

  return {
    push(event) {
      waiting.push(event);
      signal();
    },
    pushChunks(chunks) {
      const last = waiting.at(-1);
      if (last && 'delta' in last) last.delta.chunks?.push(...chunks);
      else waiting.push({ delta: { chunks } });
      signal();
    },
    fail(error) {
      failure ??= error;
      signal();
    },
    async next() {
      for (;;) {
        const event = waiting.shift();
        if (event) return event;
        if (failure) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
