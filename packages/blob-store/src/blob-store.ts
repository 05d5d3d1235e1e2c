import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readlink, realpath, rm, stat, statfs, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@sangha/errors';
import { renameDurably, syncFile } from './durable.ts';
import { fingerprintOf, fingerprints, keyOfPath } from './fingerprint.ts';
import { type HashOptions, hashFile } from './hash-file.ts';

/**
 * Model files, named by the SHA-256 of their content. Every path is computed from a checked hash or job id, never from a
 * name that a client or a hub sent. Blobs know no organisation; who may use one is said by the download worker's tables.
 */
export interface BlobStore {
  /** Where the blob is or would be. Throws `invalid_value` for anything but 64 lower-case hex digits. */
  pathOf(sha256: string): string;
  /** Whether it is there and, for a linked file, unchanged since it was linked. */
  has(sha256: string): Promise<boolean>;
  /** The path of a blob that is there. Throws `model_not_found`, or `model_unusable` for a linked file that changed. */
  locate(sha256: string): Promise<{ path: string; sizeBytes: number }>;
  /** Where a download grows until it is whole; makes the folder. `jobId` is a ULID. */
  partPath(jobId: string): Promise<string>;
  removePart(jobId: string): Promise<void>;
  /** The jobs that have a part. */
  partIds(): Promise<string[]>;
  /** Makes a finished download a blob, durably. The caller has checked its hash. Doing it twice is fine. */
  adopt(partPath: string, sha256: string): Promise<{ path: string; sizeBytes: number }>;
  /** Makes a file of the operator a blob without copying it. The caller has its hash from `hashOf`; throws `model_unusable` when it changed since. */
  link(sourcePath: string, sha256: string): Promise<{ path: string; sizeBytes: number }>;
  /** SHA-256 of any file; at once when the file is unchanged since the last time, also over restarts. */
  hashOf(path: string, options?: HashOptions): Promise<string>;
  /** Removes a blob or a link (never the operator's file behind it). */
  remove(sha256: string): Promise<void>;
  /** Throws `disk_full`, with both numbers, unless so many bytes more fit and the reserve stays free. */
  ensureSpace(neededBytes: number): Promise<void>;
}

export interface BlobStoreOptions {
  /** Made when missing, readable by this user alone. Must not be shared with anything else. */
  root: string;
  /** Always left free for databases and logs on the same disk. Default 512 MiB. */
  reserveBytes?: number;
}

export function createBlobStore({ root, reserveBytes = 512 * 1024 * 1024 }: BlobStoreOptions): BlobStore {
  const folder = async (name: string): Promise<string> => {
    const path = join(root, name);
    await mkdir(path, { recursive: true, mode: 0o700 });
    return path;
  };
  const links = fingerprints(join(root, 'links'));
  const hashes = fingerprints(join(root, 'hashes'));
  const pathOf = (sha256: string): string => join(root, 'blobs', `sha256-${checkedHash(sha256)}`);

  const locate = async (sha256: string): Promise<{ path: string; sizeBytes: number }> => {
    const path = pathOf(sha256);
    const entry = await lstat(path).catch(absent);
    if (entry === undefined) throw new AppError('model_not_found', 'The model file is not on this machine. Download it again.');
    if (!entry.isSymbolicLink()) return { path, sizeBytes: entry.size };
    const unchanged = await links.unchanged(sha256);
    // A kill between writing down and linking leaves a link to another file than the one that was looked at.
    if (unchanged === undefined || (await readlink(path).catch(absent)) !== unchanged.path)
      throw new AppError(
        'model_unusable',
        'The model file was changed or moved after it was added. Add it again from its folder.',
      );
    return { path, sizeBytes: unchanged.sizeBytes };
  };

  const hashOf = async (path: string, options?: HashOptions): Promise<string> => {
    const real = await realpath(path);
    const known = await hashes.unchanged(keyOfPath(real));
    if (known !== undefined) return known.sha256;
    const before = await fingerprintOf(real, '');
    const sha256 = await hashFile(real, options);
    const after = await fingerprintOf(real, sha256);
    if (before.mtimeNs !== after.mtimeNs || before.sizeBytes !== after.sizeBytes) throw changed();
    await hashes.keep(keyOfPath(real), after);
    return sha256;
  };

  return {
    pathOf,
    locate,
    hashOf,
    has: (sha256) =>
      locate(sha256).then(
        () => true,
        (error: unknown) => {
          if (error instanceof AppError && error.code !== 'invalid_value') return false;
          throw error;
        },
      ),
    partPath: async (jobId) => join(await folder('parts'), `${checkedJobId(jobId)}.part`),
    removePart: (jobId) => rm(join(root, 'parts', `${checkedJobId(jobId)}.part`), { force: true }),
    async partIds() {
      const files = (await readdir(join(root, 'parts')).catch(absent)) ?? [];
      return files.filter((file) => partName.test(file)).map((file) => file.slice(0, -'.part'.length));
    },

    async adopt(partPath, sha256) {
      const path = pathOf(sha256);
      await folder('blobs');
      if ((await lstat(partPath).catch(absent)) === undefined) return locate(sha256); // adopted before a crash
      await syncFile(partPath);
      await renameDurably(partPath, path);
      await links.forget(sha256);
      return { path, sizeBytes: (await stat(path)).size };
    },

    async link(sourcePath, sha256) {
      const path = pathOf(sha256);
      const blobs = await folder('blobs');
      const own = await lstat(path).catch(absent);
      if (own?.isFile()) return { path, sizeBytes: own.size };
      const source = await realpath(sourcePath);
      // What was hashed is what is remembered: a change since then must be noticed now and later.
      const hashed = (await hashOf(source)) === sha256 ? await hashes.unchanged(keyOfPath(source)) : undefined;
      if (hashed?.sha256 !== sha256) throw changed();
      // The link is made beside and renamed over, so that nobody ever finds a moment without it.
      const draft = join(blobs, `.link-${randomUUID()}`);
      await symlink(source, draft);
      await links.keep(sha256, hashed);
      await renameDurably(draft, path);
      return { path, sizeBytes: hashed.sizeBytes };
    },

    async remove(sha256) {
      await rm(pathOf(sha256), { force: true });
      await links.forget(sha256);
    },

    async ensureSpace(neededBytes) {
      await mkdir(root, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(root);
      const freeBytes = bavail * bsize;
      if (neededBytes + reserveBytes <= freeBytes) return;
      throw new AppError(
        'disk_full',
        `The disk has ${inGb(freeBytes)} free, and the download needs ${inGb(neededBytes)} with ${inGb(reserveBytes)} kept in reserve. Free some space or remove a model, then retry.`,
        { params: { freeBytes, neededBytes, reserveBytes } },
      );
    },
  };
}

function checkedHash(sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new AppError('invalid_value', 'A SHA-256 has 64 lower-case hex digits.');
  return sha256;
}

const partName = /^[0-9A-HJKMNP-TV-Z]{26}\.part$/;

function checkedJobId(jobId: string): string {
  if (!partName.test(`${jobId}.part`)) throw new AppError('invalid_value', 'A download id has 26 letters and digits (ULID).');
  return jobId;
}

const changed = (): AppError =>
  new AppError('model_unusable', 'The file changed while it was read. Try again when nothing writes to it.');

const inGb = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

function absent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}
