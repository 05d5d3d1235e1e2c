import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@sangha/telemetry';
import type { FromChild, ToChild } from './protocol.ts';

/** One engine process as its parent sees it: typed messages in and out, its log, its end. */
export interface EngineProcess {
  readonly pid: number | undefined;
  send(message: ToChild): void;
  onMessage(listener: (message: FromChild) => void): void;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** The last lines the process wrote, for the reason of a crash. */
  lastWords(): string;
  /** SIGKILL: the process holds nothing that would need an orderly end, and native code may not listen to anything softer. */
  kill(): void;
}

const maxLineChars = 2_000;
const maxLines = 40;
const maxLinesLogged = 2_000;

export function startEngineProcess({ log, env }: { log: Logger; env: Record<string, string> }): EngineProcess {
  const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [], {
    execPath: process.execPath,
    execArgv: [],
    env,
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines: string[] = [];
  let logged = 0;
  const onLine = (line: string) => {
    lines.push(line);
    if (lines.length > maxLines) lines.shift();
    if (logged++ < maxLinesLogged) log.debug({ pid: child.pid }, line);
  };
  readLines(child.stdout, onLine);
  readLines(child.stderr, onLine);

  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('error', (error) => {
      lines.push(error.message);
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });

  return {
    pid: child.pid,
    send(message) {
      // A process that just died is reported by `ended`; a message to it has nowhere to go.
      if (child.connected) child.send(message, () => {});
    },
    onMessage: (listener) => void child.on('message', listener),
    ended,
    lastWords: () => lines.join('\n'),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Calls back per line, cut to a length: native code may print anything, also without line ends. */
function readLines(stream: ChildProcess['stderr'], onLine: (line: string) => void): void {
  if (!stream) return;
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = (parts.pop() ?? '').slice(0, maxLineChars);
    for (const part of parts) if (part.trim()) onLine(part.slice(0, maxLineChars));
  });
  stream.on('error', () => {});
}
