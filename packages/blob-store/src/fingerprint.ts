import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renameDurably } from './durable.ts';

/** What tells whether a file is still the one that was hashed, without reading it. Nanoseconds and inode as text. */
export interface Fingerprint {
  path: string;
  sizeBytes: number;
  mtimeNs: string;
  inode: string;
  sha256: string;
}

export async function fingerprintOf(path: string, sha256: string): Promise<Fingerprint> {
  const { size, mtimeNs, ino } = await stat(path, { bigint: true });
  return { path, sizeBytes: Number(size), mtimeNs: String(mtimeNs), inode: String(ino), sha256 };
}

/** Fingerprints on disk, one small file each, so that a second start need not read gigabytes again. */
export function fingerprints(folder: string) {
  const fileOf = (key: string): string => join(folder, `${key}.json`);
  return {
    /** The one kept under `key`, if its file is unchanged since. */
    async unchanged(key: string): Promise<Fingerprint | undefined> {
      const kept = await readKept(fileOf(key));
      if (kept === undefined) return undefined;
      const now = await fingerprintOf(kept.path, kept.sha256).catch(() => undefined);
      return now !== undefined && same(now, kept) ? kept : undefined;
    },
    async keep(key: string, fingerprint: Fingerprint): Promise<void> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = `${fileOf(key)}.${randomUUID()}`;
      await writeFile(draft, JSON.stringify(fingerprint), { mode: 0o600 });
      await renameDurably(draft, fileOf(key));
    },
    forget: (key: string): Promise<void> => rm(fileOf(key), { force: true }),
  };
}

/** The name under which a path's own hash is kept. */
export const keyOfPath = (path: string): string => createHash('sha256').update(path).digest('hex');

const same = (a: Fingerprint, b: Fingerprint): boolean =>
  a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs && a.inode === b.inode;

/** A file that is damaged or gone counts as none: the price is hashing once more. */
async function readKept(file: string): Promise<Fingerprint | undefined> {
  try {
    const { path, sizeBytes, mtimeNs, inode, sha256 } = JSON.parse(await readFile(file, 'utf8')) as Partial<Fingerprint>;
    if (path === undefined || sizeBytes === undefined || mtimeNs === undefined || inode === undefined || sha256 === undefined)
      return undefined;
    return { path, sizeBytes, mtimeNs, inode, sha256 };
  } catch {
    return undefined;
  }
}
