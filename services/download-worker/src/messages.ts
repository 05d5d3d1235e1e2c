import type { OrgId } from '@sangha/identity';
import type { Message } from '@sangha/messaging';
import { events } from '@sangha/protos';

/** Work for one worker. The attempt is part of the id: the bus would swallow a second message of the same id. */
export const downloadRequested = ({ orgId, id, attempt }: { orgId: string; id: string; attempt: number }): Message => ({
  subject: 'downloads.requested',
  orgId: orgId as OrgId,
  messageId: `requested.${id}.${attempt}`,
  payload: events.downloadRequested.encode({ orgId, downloadId: id, attempt }),
});

export interface Progress {
  orgId: OrgId;
  id: string;
  fence: bigint;
  downloadedBytes: number;
  totalBytes: number;
}

export const downloadProgress = ({ orgId, id, fence, downloadedBytes, totalBytes }: Progress): Message => ({
  subject: 'downloads.progress',
  orgId,
  messageId: `progress.${id}.${fence}.${downloadedBytes}`,
  payload: events.downloadProgress.encode({ orgId, downloadId: id, downloadedBytes, totalBytes }),
});

export interface Finished {
  orgId: OrgId;
  userId: string;
  downloadId: string;
  source: 'hub' | 'local';
  repo: string;
  filename: string;
  snapshot: string;
  sha256: string;
  sizeBytes: number;
}

export const downloadFinished = (facts: Finished, key: string): Message => ({
  subject: 'downloads.finished',
  orgId: facts.orgId,
  messageId: `finished.${key}`,
  payload: events.downloadFinished.encode(facts),
});
