import { AppError } from '@sangha/errors';

/**
 * A grammar can come to a point where no token of the vocabulary continues it. The library then rejects a promise that
 * nobody holds and never answers the one that is waited for, so the process would end and the request would hang. The
 * rejection doesn't say whose it is: every answer under a grammar that waits at that moment fails, all others go on.
 */
export interface DeadEnds {
  /** The same items, or `grammar_invalid`. */
  guard<Item>(source: AsyncIterable<Item>): AsyncGenerator<Item>;
}

export function watchForDeadEnds(events: NodeJS.EventEmitter = process): DeadEnds {
  const waiting = new Set<(error: Error) => void>();

  events.on('unhandledRejection', (reason: unknown) => {
    if (!/failed to accept token in sampler/i.test(String(reason))) throw reason;
    const error = new AppError(
      'grammar_invalid',
      'The grammar came to a point that no token of this model continues. Change the grammar.',
      {
        cause: reason,
        param: 'grammar',
      },
    );
    for (const fail of waiting) fail(error);
    waiting.clear();
  });

  return {
    async *guard(source) {
      const iterator = source[Symbol.asyncIterator]();
      let stuck = false;
      try {
        for (;;) {
          let fail: (error: Error) => void = () => {};
          const deadEnd = new Promise<never>((_, reject) => {
            fail = reject;
          });
          waiting.add(fail);
          stuck = true;
          const step = await Promise.race([iterator.next(), deadEnd]);
          stuck = false;
          waiting.delete(fail);
          if (step.done) return;
          yield step.value;
        }
      } finally {
        // An iterator that will never answer can't be closed either.
        if (!stuck) await iterator.return?.();
      }
    },
  };
}
