import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { createApiClient, findConnection } from '../api-client.ts';
import { megabytes } from '../progress.ts';
import type { Terminal } from '../terminal.ts';

interface Finding {
  what: string;
  ok: boolean;
  detail: string;
  /** What to do when it is not well. */
  advice?: string;
}

interface DoctorOptions {
  home: string;
  url?: string;
  token?: string;
}

const FREE_DISK_WANTED = 2e9; // a small model and its download side by side

/** `sangha doctor`: every check runs, whatever the others say. Exit status 1 when one is not well. */
export async function doctor(options: DoctorOptions, terminal: Terminal): Promise<void> {
  const findings = [
    nodeVersion(),
    machine(),
    dataFolder(options.home),
    secretsArePrivate(options.home),
    disk(options.home),
    await engine(),
    await answers(options),
    await port(options),
  ];
  const text = findings
    .map(({ what, ok, detail, advice }) => `${ok ? '✔' : '✘'} ${what}: ${detail}${ok || !advice ? '' : `\n    → ${advice}`}`)
    .join('\n');
  terminal.answer(findings, text);
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
}

function nodeVersion(): Finding {
  const ok = Number(process.versions.node.split('.')[0]) >= 24;
  return {
    what: 'Node',
    ok,
    detail: process.versions.node,
    advice: 'Run it through npm (npm run sangha -- doctor): npm brings the pinned Node.',
  };
}

function machine(): Finding {
  return {
    what: 'machine',
    ok: true,
    detail: `${availableParallelism()} cores, ${megabytes(freemem())} of ${megabytes(totalmem())} memory free`,
  };
}

function dataFolder(home: string): Finding {
  if (!existsSync(home)) return { what: 'data folder', ok: true, detail: `${home} does not exist yet; the first start makes it` };
  try {
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
    return { what: 'data folder', ok: true, detail: home };
  } catch {
    return {
      what: 'data folder',
      ok: false,
      detail: `${home} can't be written`,
      advice: 'Run as its owner, or name another folder with --home.',
    };
  }
}

function secretsArePrivate(home: string): Finding {
  const open = ['first-run.json', 'keys/platform.key', 'keys/operator.key', 'databases']
    .map((name) => join(home, name))
    .filter((path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0);
  return {
    what: 'private files',
    ok: process.platform === 'win32' || open.length === 0,
    detail: open.length === 0 ? 'keys and databases are readable by their owner only' : `others can read ${open.join(', ')}`,
    advice: `chmod -R go= ${home}`,
  };
}

function disk(home: string): Finding {
  const place = existsSync(home) ? home : '/';
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  return {
    what: 'disk',
    ok: free >= FREE_DISK_WANTED,
    detail: `${megabytes(free)} free`,
    advice: `Make room below ${home}, or move the folder with --home: models need gigabytes.`,
  };
}

/** Only loads the native library; no model is touched. */
async function engine(): Promise<Finding> {
  const what = 'inference engine';
  try {
    const { getLlama } = await import('node-llama-cpp');
    const llama = await getLlama({ gpu: false, build: 'never', progressLogs: false });
    const detail = `llama.cpp for ${process.platform}-${process.arch}`;
    await llama.dispose();
    return { what, ok: true, detail };
  } catch (error) {
    return {
      what,
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
      advice: 'Run `npm ci` on this machine; the engine comes as a package for its platform.',
    };
  }
}

async function answers(options: DoctorOptions): Promise<Finding> {
  const what = 'running node';
  try {
    const connection = findConnection(options.home, options, process.env);
    const info = await createApiClient(connection).get<{ version: string; status: string }>('/bodhi/v1/info');
    return { what, ok: true, detail: `version ${info.version} (${info.status}) at ${connection.url}` };
  } catch {
    return { what, ok: true, detail: 'none answers (fine when it is not started)' };
  }
}

async function port({ home }: DoctorOptions): Promise<Finding> {
  const number = 1135;
  const free = await new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(number, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
  const ours = existsSync(join(home, 'node.pid'));
  return {
    what: `port ${number}`,
    ok: free || ours,
    detail: free ? 'free' : ours ? 'taken, by the node of this data folder it seems' : 'taken by another program',
    advice: 'Start with --port NUMBER.',
  };
}
