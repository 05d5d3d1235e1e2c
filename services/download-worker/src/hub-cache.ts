import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveInside } from '@sangha/blob-store';

/**
 * The path of a file that an existing Hugging Face cache has (`HF_HOME`), found by its hash. The cache is never written to.
 * `sha256` and `repo` (`owner/name`) come from checked sources; links inside the cache are followed but not out of it.
 */
export async function findInHubCache(
  hubHome: string,
  { repo, sha256, sizeBytes }: { repo: string; sha256: string; sizeBytes: number | undefined },
): Promise<string | undefined> {
  const path = await resolveInside(hubHome, join('hub', `models--${repo.replace('/', '--')}`, 'blobs', sha256)).catch(
    () => undefined,
  );
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  return found?.isFile() && (sizeBytes === undefined || found.size === sizeBytes) ? path : undefined;
}
