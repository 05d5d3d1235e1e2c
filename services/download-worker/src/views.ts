import type { DownloadRow } from './repository.ts';

/** A row as it leaves this service. */
export const downloadView = (row: DownloadRow) => ({
  id: row.id,
  repo: row.repo,
  filename: row.filename,
  revision: row.revision,
  status: row.status,
  errorCode: row.errorCode,
  errorMessage: row.errorMessage,
  ...(row.totalBytes === null ? {} : { totalBytes: Number(row.totalBytes) }),
  downloadedBytes: Number(row.downloadedBytes),
  sha256: row.sha256,
  attempt: row.attempt,
  snapshot: row.snapshot,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
