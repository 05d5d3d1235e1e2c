/** The time, as an argument: keep-alive, back-off and the pace of queue news follow it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after `ms`; the returned function withdraws it. A waiting timer never keeps the process alive. */
  after(ms: number, callback: () => void): () => void;
}

// Node turns anything longer into 1 ms.
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(ms, 0), longestTimerMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Waits for `work`, but no longer than `ms`. Rejects when the work does in that time. */
export async function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(ms, resolve);
  try {
    await Promise.race([work, promise]);
  } finally {
    cancel();
  }
}
