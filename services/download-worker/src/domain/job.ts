import type { OrgId } from '@sangha/identity';

/** A download as the worker that holds it sees it. */
export interface Job {
  orgId: OrgId;
  id: string;
  userId: string;
  repo: string;
  filename: string;
  revision: string;
  snapshot: string;
  /** What the hub's list said; absent where it said nothing. */
  totalBytes: number | undefined;
  sha256: string | undefined;
  /** On the disk for sure. */
  downloadedBytes: number;
  etag: string | undefined;
  attempt: number;
  /** Proves that the holder is the latest one; every write of the holder is conditional on it. */
  fence: bigint;
  waits: number;
  refetches: number;
}

/** A job that no worker could bring forward so many times is given up; something about it kills workers. */
export const maxStalls = 5;
