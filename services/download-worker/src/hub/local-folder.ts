import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveInside } from '@sangha/blob-store';
import { AppError } from '@sangha/errors';
import type { ByteRange, Hub, HubFile, HubStream, RepoListing } from './hub.ts';

const pieceBytes = 1024 * 1024;

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
      signal.throwIfAborted();
      const handle = await open(path, 'r');
      const version = async () => {
        const { size, mtimeMs, ino } = await handle.stat();
        return { size, etag: `"${size}-${mtimeMs}-${ino}"` };
      };
      const { size, etag } = await version().catch(async (error) => {
        await handle.close();
        throw error;
      });
      async function* body(): AsyncGenerator<Uint8Array> {
        for (let at = from; at < to; ) {
          signal.throwIfAborted();
          const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(pieceBytes, to - at)), 0, undefined, at);
          // Looked at after reading: no hash tells later whether two versions were mixed.
          if ((await version()).etag !== etag)
            throw new AppError(
              'hub_unreachable',
              `${repo}/${name} changed while it was copied. Retry when nothing writes to it.`,
            );
          if (bytesRead === 0) return;
          at += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      }
      return { from, totalBytes: size, etag, body: body(), close: () => void handle.close().catch(() => undefined) };
    },
  };
}

const missing = (repo: string, name?: string, cause?: unknown): AppError =>
  new AppError(
    'hub_not_found',
    `The model folder has no ${name === undefined ? repo : `${repo}/${name}`}. Put the file there, then retry.`,
    { cause },
  );
