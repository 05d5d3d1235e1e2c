import { SingleBar } from 'cli-progress';

/** Something long that a person watches: bytes, or parts of a whole. */
export interface Progress {
  update(done: number, total: number): void;
  /** Ends the line; the bar stays on the screen as it was. */
  stop(): void;
}

/** A bar on a terminal; a line every tenth on anything else (a log, CI); nothing for `--json`. */
export function showProgress(
  label: string,
  { unit, quiet = false, out = process.stderr }: { unit: 'bytes' | 'percent'; quiet?: boolean; out?: NodeJS.WriteStream },
): Progress {
  if (quiet) return { update() {}, stop() {} };
  return out.isTTY ? bar(label, unit, out) : lines(label, unit, out);
}

function bar(label: string, unit: 'bytes' | 'percent', out: NodeJS.WriteStream): Progress {
  const amount = unit === 'bytes' ? ' {size} of {whole} · {speed}' : '';
  const view = new SingleBar({
    format: `  ${label} {bar} {percentage} %${amount}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 28,
    hideCursor: true,
    stream: out,
    linewrap: false,
  });
  const startedAt = performance.now();
  let first: number | undefined;
  return {
    update(done, total) {
      // Resumed bytes were not moved now, so they don't count for the speed.
      if (first === undefined) {
        first = done;
        view.start(total, done, fields(done, total, first, startedAt));
      }
      view.setTotal(total);
      view.update(done, fields(done, total, first, startedAt));
    },
    stop: () => view.stop(),
  };
}

function fields(done: number, total: number, first: number, startedAt: number) {
  const secs = Math.max((performance.now() - startedAt) / 1000, 0.1);
  return { size: megabytes(done), whole: megabytes(total), speed: `${megabytes((done - first) / secs)}/s` };
}

function lines(label: string, unit: 'bytes' | 'percent', out: NodeJS.WriteStream): Progress {
  let shown = -1;
  return {
    update(done, total) {
      const tenth = total > 0 ? Math.floor((done / total) * 10) : 0;
      if (tenth === shown) return;
      shown = tenth;
      out.write(`  ${label} ${tenth * 10} %${unit === 'bytes' ? ` of ${megabytes(total)}` : ''}\n`);
    },
    stop() {},
  };
}

/** `253.1 MB`; decimal, as hubs and disks count. */
export function megabytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e3)} kB`;
}
