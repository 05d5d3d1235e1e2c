/** Tokens per second that a model gave lately while it had work; for estimates of waiting time. */
export interface Pace {
  record(tokens: number, busyMs: number): void;
  readonly tokensPerSec: number;
}

// Old measurements fade: beyond a minute of work both sums are halved.
const windowMs = 60_000;
// Until something was measured; about a small model on a laptop's processor.
const assumedTokensPerSec = 20;

export function createPace(): Pace {
  let tokens = 0;
  let busyMs = 0;
  return {
    record(more, ms) {
      tokens += more;
      busyMs += ms;
      if (busyMs > windowMs) {
        tokens /= 2;
        busyMs /= 2;
      }
    },
    get tokensPerSec() {
      return tokens > 0 && busyMs > 0 ? (tokens * 1_000) / busyMs : assumedTokensPerSec;
    },
  };
}
