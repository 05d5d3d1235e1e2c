import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const cli = join(import.meta.dirname, '../../src/cli.ts');

/** A `sangha` command as a person runs it, and what it has printed so far. */
export interface SanghaProcess {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The exit status; null while it runs. */
  readonly status: number | null;
  /** Resolves once standard output or standard error has it. Rejects with everything printed when the process ends before. */
  prints(what: RegExp): Promise<RegExpExecArray>;
  /** Waits for the end; answers the exit status, null after a signal. */
  ends(): Promise<number | null>;
  /** Asks it to end and waits. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Killed when the test ends, if it still runs. */
export function startSangha(t: TestContext, args: string[], env: Record<string, string> = {}): SanghaProcess {
  const child = spawn(process.execPath, [cli, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SANGHA_URL: '', SANGHA_TOKEN: '', BODHI_MODEL_THREADS: '1', ...env },
  });
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const look of waiting) look();
    });
  }
  const closed = once(child, 'close');
  const ends = async () => {
    await closed;
    return child.exitCode;
  };
  t.after(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  return {
    get pid() {
      return child.pid ?? 0;
    },
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    get status() {
      return child.exitCode;
    },
    prints: (what) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = what.exec(output.stdout) ?? what.exec(output.stderr);
          if (match === null) return;
          waiting.delete(look);
          resolve(match);
        };
        waiting.add(look);
        look();
        void closed.then(() => reject(new Error(`It ended without ${what}:\n${output.stdout}\n${output.stderr}`)));
      }),
    ends,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ends();
    },
  };
}
