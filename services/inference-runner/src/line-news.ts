import type { Clock } from './clock.ts';

/** Someone in the line, who wants to know the place. */
export interface InLine {
  announcedAt?: number;
  position?: number;
  onPlace(position: number): void;
}

export interface LineNews {
  /** Tells who has heard nothing yet, once for all that came in this tick. */
  soon(): void;
  /** Tells everybody whose place changed, and again every second while somebody waits. */
  now(): void;
  stop(): void;
}

const everyMs = 1_000;

/** Announces places in a line; nobody hears more than once a second. */
export function createLineNews(clock: Clock, line: () => readonly InLine[]): LineNews {
  let cancel: (() => void) | undefined;
  let isSoon = false;
  let stopped = false;

  function now(): void {
    const waiting = stopped ? [] : line();
    if (waiting.length === 0) return;
    const at = clock.now();
    for (const [index, place] of waiting.entries()) {
      const position = index + 1;
      const early = place.announcedAt !== undefined && at - place.announcedAt < everyMs;
      if (early || place.position === position) continue;
      place.announcedAt = at;
      place.position = position;
      place.onPlace(position);
    }
    cancel ??= clock.after(everyMs, () => {
      cancel = undefined;
      now();
    });
  }

  return {
    now,
    soon() {
      if (isSoon) return;
      isSoon = true;
      queueMicrotask(() => {
        isSoon = false;
        now();
      });
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
