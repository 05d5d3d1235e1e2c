const firstMs = 1000;
const longestMs = 5 * 60_000;

/** No rest is longer. */
export const longestRestMs = longestMs * 1.2;

/**
 * How long a message rests after a failed delivery: a second, then twice as long each time, at most five minutes, spread by a
 * fifth so that what failed together is not tried together.
 */
export const backoffMs = (attempt: number, random: () => number = Math.random): number =>
  Math.round(Math.min(longestMs, firstMs * 2 ** (attempt - 1)) * (0.8 + 0.4 * random()));
