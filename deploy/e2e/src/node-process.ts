import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cli = join(import.meta.dirname, '../../single-node/src/cli.ts');

/** A node as a person starts it: the `sangha start` process, on a free port, with a data folder of its own. */
export interface NodeProcess {
  readonly url: string;
  /** The first admin's API token. */
  readonly token: string;
  readonly operatorKey: string;
  readonly home: string;
  /** The name of the model that it was started with. */
  readonly model: string;
  readonly pid: number;
  /** SIGTERM, and waits for the end. Answers the exit status. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
}

export interface StartNodeOptions {
  args?: string[];
  env?: Record<string, string>;
  /** An existing data folder; the default makes a fresh one below the system's temporary folder. */
  home?: string;
}

export const freshHome = (): string => mkdtempSync(join(tmpdir(), 'sangha-home-'));
export const removeHome = (home: string): void => rmSync(home, { recursive: true, force: true, maxRetries: 5 });

/** Starts a node and waits until it says that it is ready. Throws with what it printed when it ends before. */
export async function startNode({ args = [], env = {}, home = freshHome() }: StartNodeOptions = {}): Promise<NodeProcess> {
  const child = spawn(process.execPath, [cli, '--home', home, '--json', 'start', '--port', '0', '--no-sample', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const ready = await firstAnswer(child);
  const firstRun = JSON.parse(readFileSync(join(home, 'first-run.json'), 'utf8'));
  return {
    url: ready.url,
    token: firstRun.api_token,
    operatorKey: readFileSync(join(home, 'keys', 'operator.key'), 'utf8').trim(),
    home,
    model: ready.model ?? '',
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      child.kill('SIGTERM');
      await once(child, 'exit');
      return child.exitCode;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Runs any `sangha` command to its end. */
export async function sangha(
  home: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [cli, '--home', home, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk));
  await once(child, 'close');
  return { status: child.exitCode, ...output };
}

/** The JSON value that `start --json` prints when it is ready. */
async function firstAnswer(child: ChildProcess): Promise<{ url: string; model: string | null }> {
  let stdout = '';
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk));
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk;
      const line = stdout.split('\n').find((each) => each.includes('"url"'));
      if (line) resolve(JSON.parse(line));
    });
    child.once('exit', (code) => reject(new Error(`The node ended with ${code} before it was ready.\n${stdout}\n${stderr}`)));
  });
}
