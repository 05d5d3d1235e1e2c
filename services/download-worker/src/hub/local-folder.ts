import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobStore, resolveInside } from '@sangha/blob-store';
import { AppError } from '@sangha/errors';
import type { ByteRange, Hub, HubFile, HubStream, RepoListing } from './hub.ts';

export interface LocalFolderOptions {
  /** Holds `owner/name/file.gguf`. */
  root: string;
  hashOf: BlobStore['hashOf'];
}

/** A folder that plays the hub, for machines without a network. Its files' hashes stand for commits. */
export function createLocalFolder({ root, hashOf }: LocalFolderOptions): Hub {
  const pathOf = async (repo: string, name: string): Promise<string> => {
    const path = await resolveInside(root, join(repo, name)).catch((cause) => {
      throw missing(repo, name, cause);
    });
    if (!(await stat(path).catch(() => undefined))?.isFile()) throw missing(repo, name);
    return path;
  };
  return {
    async list(repo, _revision, signal): Promise<RepoListing> {
      const folder = await resolveInside(root, repo).catch(() => undefined);
      const names = folder === undefined ? [] : await readdir(folder).catch(() => []);
      if (names.length === 0) throw missing(repo);
      const files = names
        .filter((name) => /\.gguf$/i.test(name))
        .map(async (name) => {
          const path = await pathOf(repo, name);
          return { name, sizeBytes: (await stat(path)).size, sha256: await hashOf(path, { signal }) };
        });
      return { commit: 'local', files: await Promise.all(files) };
    },
    async reach({ repo, name }: HubFile) {
      await pathOf(repo, name);
    },
    async read({ repo, name }: HubFile, { from, to }: ByteRange, signal): Promise<HubStream> {
      const path = await pathOf(repo, name);
      const { size, mtimeMs } = await stat(path);
      const body = createReadStream(path, { start: from, end: Math.max(from, to - 1), signal });
      return { from, totalBytes: size, etag: `"${size}-${mtimeMs}"`, body };
    },
  };
}

const missing = (repo: string, name?: string, cause?: unknown): AppError =>
  new AppError(
    'hub_not_found',
    `The model folder has no ${name === undefined ? repo : `${repo}/${name}`}. Put the file there, then retry.`,
    { cause },
  );
