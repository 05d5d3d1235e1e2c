import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@sangha/errors';
import type { Hub, HubFile, HubStream } from './hub/hub.ts';
import type { PartFile } from './part-file.ts';
import { isTransient } from './persistent.ts';

export interface FetchDeps {
  hub: Hub;
  file: HubFile;
  part: PartFile;
  /** Length of the whole file as the hub's list said; absent where the first answer decides. */
  totalBytes: number | undefined;
  /** Of the answer that the bytes so far came from. */
  pin: { etag: string | undefined };
  chunkBytes: number;
  /** Pauses after failures in a row that brought nothing. */
  retryDelaysMs: readonly number[];
  signal: AbortSignal;
  /** Before bytes are written; throwing keeps them from it. */
  onBytes: (byteCount: number) => void;
}

/** Content that changes under us more often than this is not waited for. */
const maxRestarts = 2;

/**
 * Appends to `part` until the file is whole, request by request, and takes up after a broken one at the last byte. Bytes of
 * another version of the file are never mixed in. Resolves with the file's length.
 */
export async function fetchFile(deps: FetchDeps): Promise<number> {
  const { part, pin, retryDelaysMs, signal } = deps;
  let total = deps.totalBytes;
  let failures = 0;
  let restarts = 0;
  while (total === undefined || part.writtenBytes < total) {
    const before = part.writtenBytes;
    try {
      const stream = await openStream(deps, total);
      try {
        total ??= requiredTotal(stream);
        checkTotal(stream, total);
        if (!continues(stream, part.writtenBytes, pin)) {
          if (++restarts > maxRestarts)
            throw new AppError('hub_unreachable', 'The file changes at the hub while it is downloaded. Retry later.');
          await part.restart();
          pin.etag = undefined;
          if (stream.from !== 0) continue;
        }
        pin.etag = stream.etag;
        await append(stream, deps, total);
      } finally {
        stream.close();
      }
      if (part.writtenBytes === before) throw new AppError('hub_unreachable', 'The hub ends its answers too early. Retry later.');
      failures = 0;
    } catch (error) {
      signal.throwIfAborted();
      if (!isTransient(error) || restarts > maxRestarts) throw error;
      if (part.writtenBytes > before) failures = 0;
      const delayMs = retryDelaysMs[failures++];
      if (delayMs === undefined) throw error;
      await sleep(delayMs, undefined, { signal });
    }
  }
  return total;
}

function openStream({ hub, file, part, pin, chunkBytes, signal }: FetchDeps, total: number | undefined): Promise<HubStream> {
  const from = part.writtenBytes;
  const to = Math.min(from + chunkBytes, total ?? Number.POSITIVE_INFINITY);
  return hub.read(
    file,
    { from, to: Number.isFinite(to) ? to : from + chunkBytes, etag: from > 0 ? pin.etag : undefined },
    signal,
  );
}

async function append(stream: HubStream, { part, onBytes, signal }: FetchDeps, total: number): Promise<void> {
  for await (const chunk of stream.body) {
    signal.throwIfAborted();
    if (part.writtenBytes + chunk.length > total)
      throw new AppError(
        'upstream_failed',
        `The hub sends more than the ${total} bytes that the file has. Retry later; if it stays, tell the operator.`,
      );
    onBytes(chunk.length);
    await part.append(chunk);
  }
}

/** Whether these bytes follow the ones that are here. A server that does not know If-Range sends a part of what it has now. */
const continues = ({ from, etag }: HubStream, writtenBytes: number, pin: FetchDeps['pin']): boolean =>
  from === writtenBytes && (from === 0 || etag === undefined || pin.etag === undefined || etag === pin.etag);

function requiredTotal({ totalBytes }: HubStream): number {
  if (totalBytes === undefined)
    throw new AppError('upstream_failed', 'The hub does not say how long the file is. Choose another hub.');
  return totalBytes;
}

function checkTotal({ totalBytes }: HubStream, total: number): void {
  if (totalBytes !== undefined && totalBytes !== total)
    throw new AppError(
      'hash_mismatch',
      `The hub lists the file with ${total} bytes but sends ${totalBytes}. Retry later; if it stays, choose another repository.`,
    );
}
