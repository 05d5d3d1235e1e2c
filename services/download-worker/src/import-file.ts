import { realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobStore } from '@sangha/blob-store';
import { AppError } from '@sangha/errors';
import { preflight } from '@sangha/gguf';
import type { OrgContext } from '@sangha/identity';
import { isFileName, parseRepo } from './domain/file-reference.ts';
import type { Repository } from './repository.ts';

export interface ImportProgress {
  hashedBytes: number;
  totalBytes: number;
  sha256: string;
  done: boolean;
  filename: string;
  repo: string;
}

/** What files of this machine are listed under where nothing else was said. */
const localRepo = 'local';
const tellEveryMs = 250;

/** A file of this machine becomes one of the organisation: checked, hashed (at once when it was before), linked, told. */
export function createImportFile({ repository, blobs }: { repository: Repository; blobs: BlobStore }) {
  return async function* importFile(
    context: OrgContext,
    request: { path: string; repo: string },
    signal: AbortSignal,
  ): AsyncGenerator<ImportProgress> {
    const path = await existingFile(request.path);
    const filename = basename(request.path);
    const repo = request.repo === '' || request.repo === localRepo ? localRepo : parseRepo(request.repo, '').name;
    if (!isFileName(filename))
      throw new AppError('invalid_value', 'Rename the file: its name has control characters or is too long.', { param: 'path' });
    const { sizeBytes: totalBytes } = await preflight(path);
    let hashedBytes = 0;
    const onProgress = (bytes: number): void => {
      hashedBytes = bytes;
    };
    const left = new AbortController();
    const hashing = blobs.hashOf(path, { signal: AbortSignal.any([signal, left.signal]), onProgress });
    hashing.catch(() => undefined); // whoever leaves early awaits it no more
    try {
      while (!(await Promise.race([hashing.then(() => true), sleep(tellEveryMs, false)])))
        yield { hashedBytes, totalBytes, sha256: '', done: false, filename, repo };
    } finally {
      left.abort();
    }
    const sha256 = await hashing;
    const { sizeBytes } = await blobs.link(path, sha256);
    await repository.hold(context, { repo, filename, snapshot: localRepo, sha256, sizeBytes });
    yield { hashedBytes: sizeBytes, totalBytes: sizeBytes, sha256, done: true, filename, repo };
  };
}

async function existingFile(path: string): Promise<string> {
  if (!isAbsolute(path) || path.includes('\0'))
    throw new AppError('invalid_value', 'Give the whole path of the file, from the root of the disk.', { param: 'path' });
  const real = await realpath(path).catch((cause) => {
    throw new AppError('not_found', `There is no file ${path} that the platform can read. Check the path and its permissions.`, {
      cause,
      param: 'path',
    });
  });
  if (!(await stat(real)).isFile())
    throw new AppError('invalid_value', `${path} is not a file. Give the path of one .gguf file.`, { param: 'path' });
  return real;
}
