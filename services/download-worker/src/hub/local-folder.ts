import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveInside } from '@sangha/blob-store';
import { AppError } from '@sangha/errors';
import type { ByteRange, Hub, HubFile, HubStream, RepoListing } from './hub.ts';

/**
 * A folder that plays the hub, for machines without a network: it holds `owner/name/file.gguf`. Its files have no history and
 * their hashes are known only once they were copied.
 */
export function createLocalFolder(root: string): Hub {
  const pathOf = async (repo: string, name: string): Promise<string> => {
    const path = await resolveInside(root, join(repo, name)).catch((cause) => {
      throw missing(repo, name, cause);
    });
    if (!(await stat(path).catch(() => undefined))?.isFile()) throw missing(repo, name);
    return path;
  };
  return {
    async list(repo): Promise<RepoListing> {
      const folder = await resolveInside(root, repo).catch(() => undefined);
      const names = folder === undefined ? [] : await readdir(folder).catch(() => []);
      const models = names.filter((name) => /\.gguf$/i.test(name));
      if (models.length === 0) throw missing(repo);
      const files = models.map(async (name) => ({
        name,
        sizeBytes: (await stat(await pathOf(repo, name))).size,
        sha256: undefined,
      }));
      return { commit: 'local', files: await Promise.all(files) };
    },
    async reach({ repo, name }: HubFile) {
      await pathOf(repo, name);
    },
    async read({ repo, name }: HubFile, { from, to }: ByteRange, signal): Promise<HubStream> {
      const path = await pathOf(repo, name);
      const { size, mtimeMs } = await stat(path);
      const body = createReadStream(path, { start: from, end: Math.max(from, to - 1), signal });
      return { from, totalBytes: size, etag: `"${size}-${mtimeMs}"`, body, close: () => void body.destroy() };
    },
  };
}

const missing = (repo: string, name?: string, cause?: unknown): AppError =>
  new AppError(
    'hub_not_found',
    `The model folder has no ${name === undefined ? repo : `${repo}/${name}`}. Put the file there, then retry.`,
    { cause },
  );
