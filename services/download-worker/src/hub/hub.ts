import type { ListedFile } from '../domain/choose-file.ts';

/** Where model files come from, seen with one asker's credentials. Everything throws AppErrors with a `hub_…` code. */
export interface Hub {
  /** What a repository holds, and the commit that the revision means now. */
  list(repo: string, revision: string, signal: AbortSignal): Promise<RepoListing>;
  /** Proves that the asker's credentials reach the file, without fetching it. Throws hub_gated, hub_not_found, … */
  reach(file: HubFile, signal: AbortSignal): Promise<void>;
  /** Bytes `from` to the end or to `to` (exclusive). Nothing is decompressed. */
  read(file: HubFile, range: ByteRange, signal: AbortSignal): Promise<HubStream>;
}

export interface RepoListing {
  commit: string;
  files: ListedFile[];
}

export interface HubFile {
  repo: string;
  commit: string;
  name: string;
}

export interface ByteRange {
  from: number;
  to: number;
  /** Of an earlier answer: bytes of another version are not wanted. */
  etag: string | undefined;
}

export interface HubStream {
  /** Position of the first byte; 0 where the hub sent everything although a part was asked. */
  from: number;
  /** Length of the whole file as this answer says. */
  totalBytes: number | undefined;
  etag: string | undefined;
  body: AsyncIterable<Uint8Array>;
  /** Lets go of the connection, whether the body was read or not. Always called. */
  close(): void;
}

/** Opens the hub at an address, with an organisation's own token. The address of the platform's hub is `endpoint`. */
export interface Hubs {
  readonly endpoint: string;
  open(target: { endpoint: string; token: string | undefined }): Hub;
  close(): Promise<void>;
}
