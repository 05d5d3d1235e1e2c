import { createHash, type Hash } from 'node:crypto';
import { constants, type FileHandle, open, rm, stat } from 'node:fs/promises';
import { AppError } from '@sangha/errors';

/** A download as far as it has come. Bytes are appended and hashed as they come; what is durable was fsynced. */
export interface PartFile {
  readonly path: string;
  readonly writtenBytes: number;
  readonly durableBytes: number;
  append(chunk: Uint8Array): Promise<void>;
  /** Brings what is written to the disk; `durableBytes` grows afterwards and never before. */
  flush(): Promise<void>;
  /** Begins anew. */
  restart(): Promise<void>;
  /** SHA-256 of everything written. */
  digest(): string;
  close(): Promise<void>;
  /** Removes the file, unless its name belongs to a later attempt by now. */
  removeOwn(): Promise<void>;
}

const rehashChunkBytes = 1024 * 1024;

/**
 * Opens or creates it, keeps the first `durableBytes` (what came after them may never have reached the disk) and hashes
 * them again.
 */
export async function openPartFile(path: string, durableBytes: number, signal: AbortSignal): Promise<PartFile> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const { size, ino } = await file.stat();
    const kept = Math.min(durableBytes, size);
    await file.truncate(kept);
    return partFile({ path, file, inode: ino, hash: await hashOf(file, kept, signal), kept });
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Opened {
  path: string;
  file: FileHandle;
  inode: number;
  hash: Hash;
  kept: number;
}

function partFile({ path, file, inode, hash: first, kept }: Opened): PartFile {
  let hash = first;
  let written = kept;
  let durable = kept;
  return {
    path,
    get writtenBytes() {
      return written;
    },
    get durableBytes() {
      return durable;
    },
    async append(chunk) {
      for (let done = 0; done < chunk.length; ) {
        const { bytesWritten } = await file.write(chunk, done, chunk.length - done, written + done).catch(diskFull);
        done += bytesWritten;
      }
      hash.update(chunk);
      written += chunk.length;
    },
    async flush() {
      const reached = written;
      if (reached === durable) return;
      await file.datasync().catch(diskFull);
      durable = Math.min(reached, written); // a restart in between made it less
    },
    async restart() {
      await file.truncate(0);
      hash = createHash('sha256');
      written = 0;
      durable = 0;
    },
    digest: () => hash.copy().digest('hex'),
    close: () => file.close(),
    async removeOwn() {
      const now = await stat(path).catch(() => undefined);
      if (now?.ino === inode) await rm(path, { force: true });
    },
  };
}

async function hashOf(file: FileHandle, length: number, signal: AbortSignal): Promise<Hash> {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(Math.min(rehashChunkBytes, Math.max(length, 1)));
  for (let position = 0; position < length; ) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, length - position), position);
    if (bytesRead === 0) throw new Error('The part file became shorter while it was read.');
    hash.update(chunk.subarray(0, bytesRead));
    position += bytesRead;
  }
  return hash;
}

function diskFull(error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
  throw new AppError(
    'disk_full',
    'The disk is full. Free some space or remove a model, then retry; what was downloaded is kept.',
    { cause: error },
  );
}
