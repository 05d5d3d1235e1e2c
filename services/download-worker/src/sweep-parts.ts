import type { BlobStore } from '@sangha/blob-store';
import type { Logger } from '@sangha/telemetry';
import type { Repository } from './repository.ts';

/** Nobody is at a download any more that came to rest so long ago. */
const quietMs = 60 * 60_000;
const mostAtOnce = 500;

/** Removes parts that a kill between a download's last row and its last file operation left behind: each may be gigabytes. */
export async function sweepParts({
  repository,
  blobs,
  clock,
  log,
}: {
  repository: Pick<Repository, 'partless'>;
  blobs: Pick<BlobStore, 'partIds' | 'removePart'>;
  clock: () => number;
  log: Logger;
}): Promise<void> {
  const ids = await blobs.partIds();
  for (let at = 0; at < ids.length; at += mostAtOnce) {
    for (const id of await repository.partless(ids.slice(at, at + mostAtOnce), new Date(clock() - quietMs))) {
      await blobs.removePart(id);
      log.info({ downloadId: id }, 'A part that no download needs was removed');
    }
  }
}
