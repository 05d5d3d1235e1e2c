import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

export interface HashOptions {
  signal?: AbortSignal;
  /** Called after every chunk with the bytes hashed so far. */
  onProgress?: (hashedBytes: number) => void;
}

const chunkBytes = 1024 * 1024;

/** SHA-256 of a file as lower-case hex. */
export async function hashFile(path: string, { signal, onProgress }: HashOptions = {}): Promise<string> {
  await using file = await open(path, 'r');
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(chunk.subarray(0, bytesRead));
    position += bytesRead;
    onProgress?.(position);
  }
}
