/** Notices that native code stopped making progress: nothing in this process could interrupt it. */
export interface StallWatch {
  begin(): void;
  progress(): void;
  end(): void;
}

/**
 * Ends the process when a request computes for `limitMs` without a single step being done; its callers then get
 * `engine_crashed` and the runner starts a new one. The longest legitimate step is a prompt chunk of a large model on a slow
 * CPU, a few seconds.
 */
export function watchForStall({
  limitMs = 120_000,
  exit = () => process.exit(70),
}: {
  limitMs?: number;
  exit?: () => void;
} = {}): StallWatch {
  let computing = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    if (computing === 0 || performance.now() - last < limitMs) return;
    console.error(`no progress for ${limitMs} ms with ${computing} sequences computing`);
    exit();
  }, limitMs / 4);
  timer.unref();
  const progress = () => {
    last = performance.now();
  };
  return {
    begin() {
      computing += 1;
      progress();
    },
    progress,
    end() {
      computing -= 1;
    },
  };
}
