import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/**
 * A model hub that speaks the part of the Hugging Face API that downloads need, over real HTTP: the hub itself, and a second
 * origin (the CDN) to which file requests are redirected. Misbehaviour is switched on per file.
 */
export interface FakeHub {
  /** Origin of the hub, `http://127.0.0.1:port`. */
  readonly url: string;
  readonly cdnUrl: string;
  /** Everything that was asked, in order. */
  readonly requests: readonly HubRequest[];
  /** Puts a file; the repository appears with its first one. A change of any file changes the repository's commit. */
  put(repo: string, filename: string, bytes: Uint8Array, options?: { lfs?: boolean }): { sha256: string; sizeBytes: number };
  /** Only these tokens reach the repository; others meet the wall of a gated model. */
  gate(repo: string, tokens: readonly string[]): void;
  setLicense(repo: string, license: string): void;
  commitOf(repo: string): string;
  /** Makes requests for a file's bytes go wrong, until cleared or `times` over. */
  fault(repo: string, filename: string, fault: FileFault): void;
  /** Makes requests to the API (not the files) go wrong. */
  faultApi(fault: StatusFault | undefined): void;
  clearFaults(): void;
  close(): Promise<void>;
}

export interface HubRequest {
  at: 'hub' | 'cdn';
  method: string;
  path: string;
  range: string | undefined;
  ifRange: string | undefined;
  /** What the asker let the origin know of its credentials. */
  authorization: string | undefined;
  cookie: string | undefined;
}

export interface StatusFault {
  kind: 'status';
  status: number;
  /** `Retry-After`, in seconds or as a date. */
  retryAfter?: string;
  errorCode?: string;
  times?: number;
}

export type FileFault =
  | StatusFault
  /** Bytes come in pieces with a pause before each. */
  | { kind: 'slow'; pieceBytes: number; pauseMs: number; times?: number }
  /** The connection breaks after so many bytes of an answer. */
  | { kind: 'drop'; afterBytes: number; times?: number }
  /** One byte in the middle is wrong. */
  | { kind: 'corrupt'; times?: number }
  /** The hub's list claims another size or hash than the bytes have. */
  | { kind: 'wrong_size'; claimedBytes: number; times?: number }
  | { kind: 'wrong_hash'; claimedSha256: string; times?: number }
  /** Compressed although identity was asked for; inflates to a thousand times its length. */
  | { kind: 'gzip_bomb'; inflatedBytes: number; times?: number }
  /** Instead of to the CDN, askers are sent here. */
  | { kind: 'redirect'; to: string; times?: number }
  /** The whole file as 200 whatever was asked; or only where the middle was asked for. */
  | { kind: 'ignore_range'; middleOnly?: boolean; times?: number }
  /** Every answer claims to be another version of the file. */
  | { kind: 'changing_etag'; times?: number }
  /** More bytes than announced in the list, without a length. */
  | { kind: 'endless'; times?: number }
  /** The answer's headers never come. */
  | { kind: 'silent'; times?: number };

interface Repo {
  files: Map<string, { bytes: Buffer; sha256: string; lfs: boolean }>;
  tokens?: readonly string[];
  license?: string;
}

/** Listens on two free ports of this machine. Close it when the test ends. */
export async function startFakeHub(): Promise<FakeHub> {
  const repos = new Map<string, Repo>();
  const faults = new Map<string, { fault: FileFault; left: number }>();
  let apiFault: { fault: StatusFault; left: number } | undefined;
  const requests: HubRequest[] = [];

  const record = (at: 'hub' | 'cdn', request: IncomingMessage): void => {
    const { authorization, cookie, range } = request.headers;
    const ifRange = request.headers['if-range']?.toString();
    requests.push({ at, method: request.method ?? '', path: request.url ?? '', range, ifRange, authorization, cookie });
  };
  const faultOf = (repo: string, filename: string): FileFault | undefined => faults.get(`${repo}/${filename}`)?.fault;
  const useFault = <K extends FileFault['kind']>(
    repo: string,
    filename: string,
    ...kinds: K[]
  ): Extract<FileFault, { kind: K }> | undefined => {
    const entry = faults.get(`${repo}/${filename}`);
    if (entry === undefined || entry.left <= 0 || !kinds.includes(entry.fault.kind as K)) return undefined;
    entry.left--;
    return entry.fault as Extract<FileFault, { kind: K }>;
  };
  const commitOf = (repo: string): string => {
    const hash = createHash('sha1').update(repo);
    for (const [name, { sha256 }] of repos.get(repo)?.files ?? []) hash.update(name).update(sha256);
    return hash.digest('hex');
  };
  const claims = (repo: string, filename: string, file: { bytes: Buffer; sha256: string }) => {
    const fault = faultOf(repo, filename);
    return {
      size: fault?.kind === 'wrong_size' ? fault.claimedBytes : file.bytes.length,
      sha256: fault?.kind === 'wrong_hash' ? fault.claimedSha256 : file.sha256,
    };
  };
  const admitted = (repo: Repo, request: IncomingMessage): boolean =>
    repo.tokens === undefined || repo.tokens.some((token) => request.headers.authorization === `Bearer ${token}`);

  function answerApi(request: IncomingMessage, response: ServerResponse, path: string): void {
    if (apiFault !== undefined && apiFault.left-- > 0) throw new Refusal(apiFault.fault);
    const match = /^\/api\/models\/([^/]+\/[^/]+)(?:\/(revision|tree)\/([^/?]+))?/.exec(path);
    const name = match?.[1] ?? '';
    const repo = repos.get(name);
    if (repo === undefined) throw new Refusal({ kind: 'status', status: 401, errorCode: 'RepoNotFound' });
    const revision = decodeURIComponent(match?.[3] ?? 'main');
    if (revision !== 'main' && revision !== commitOf(name))
      throw new Refusal({ kind: 'status', status: 404, errorCode: 'RevisionNotFound' });
    const files = [...repo.files].map(([filename, file]) => ({ filename, lfs: file.lfs, ...claims(name, filename, file) }));
    if (match?.[2] === 'tree') {
      if (!admitted(repo, request)) throw new Refusal(gatedFault(request));
      sendJson(
        response,
        files.map(({ filename, lfs, size, sha256 }) => ({
          type: 'file',
          path: filename,
          size,
          oid: sha256.slice(0, 40),
          ...(lfs ? { lfs: { oid: sha256, size, pointerSize: 134 } } : {}),
        })),
      );
      return;
    }
    // The real hub lists gated repositories for everybody; only the files are behind the gate.
    sendJson(response, {
      id: name,
      sha: commitOf(name),
      gated: repo.tokens === undefined ? false : 'auto',
      private: false,
      ...(repo.license === undefined ? {} : { cardData: { license: repo.license } }),
      siblings: files.map(({ filename, lfs, size, sha256 }) => ({
        rfilename: filename,
        ...(path.includes('blobs=true')
          ? { size, blobId: sha256.slice(0, 40), ...(lfs ? { lfs: { sha256, size, pointerSize: 134 } } : {}) }
          : {}),
      })),
    });
  }

  function answerFile(request: IncomingMessage, response: ServerResponse, path: string): void {
    const match = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(decodeURI(path.split('?')[0] ?? ''));
    const [, name = '', revision = '', filename = ''] = match ?? [];
    const repo = repos.get(name);
    if (repo === undefined) throw new Refusal({ kind: 'status', status: 401, errorCode: 'RepoNotFound' });
    if (revision !== 'main' && revision !== commitOf(name))
      throw new Refusal({ kind: 'status', status: 404, errorCode: 'RevisionNotFound' });
    if (!admitted(repo, request)) throw new Refusal(gatedFault(request));
    const file = repo.files.get(filename);
    if (file === undefined) throw new Refusal({ kind: 'status', status: 404, errorCode: 'EntryNotFound' });
    const status = useFault(name, filename, 'status');
    if (status !== undefined) throw new Refusal(status);
    const { size, sha256 } = claims(name, filename, file);
    response.setHeader('x-repo-commit', commitOf(name));
    response.setHeader('accept-ranges', 'bytes');
    if (!file.lfs) return void sendBytes(request, response, file.bytes, `"${sha256.slice(0, 40)}"`);
    const redirect = useFault(name, filename, 'redirect');
    response.writeHead(302, {
      'x-linked-size': size,
      'x-linked-etag': `"${sha256}"`,
      etag: `"${sha256}"`,
      location: redirect?.to ?? `${originOf(cdn)}/signed/${encodeURIComponent(name)}/${encodeURIComponent(filename)}?signature=x`,
    });
    response.end();
  }

  async function answerCdn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , repo = '', filename = ''] = (request.url?.split('?')[0] ?? '').split('/').map(decodeURIComponent);
    const file = repos.get(repo)?.files.get(filename);
    if (file === undefined) throw new Refusal({ kind: 'status', status: 404 });
    if (useFault(repo, filename, 'silent') !== undefined) return;
    const bomb = useFault(repo, filename, 'gzip_bomb');
    if (bomb !== undefined) {
      const packed = gzipSync(Buffer.alloc(bomb.inflatedBytes));
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length });
      return void response.end(packed);
    }
    const corrupt = useFault(repo, filename, 'corrupt') !== undefined;
    const bytes = corrupt ? withOneWrongByte(file.bytes) : file.bytes;
    const changing = useFault(repo, filename, 'changing_etag') !== undefined;
    const etag = changing ? `"version-${requests.length}"` : `"${createHash('md5').update(file.bytes).digest('hex')}"`;
    await sendBytes(request, response, bytes, etag, useFault(repo, filename, 'slow', 'drop', 'ignore_range', 'endless'));
  }

  const hub = createServer((request, response) => {
    record('hub', request);
    const path = request.url ?? '';
    const answer = path.startsWith('/api/') ? answerApi : answerFile;
    refusing(response, async () => answer(request, response, path));
  });
  const cdn = createServer((request, response) => {
    record('cdn', request);
    refusing(response, () => answerCdn(request, response));
  });
  await Promise.all([hub, cdn].map(listen));

  return {
    url: originOf(hub),
    cdnUrl: originOf(cdn),
    requests,
    put(repo, filename, bytes, { lfs = true } = {}) {
      const file = { bytes: Buffer.from(bytes), sha256: createHash('sha256').update(bytes).digest('hex'), lfs };
      const known = repos.get(repo) ?? { files: new Map() };
      known.files.set(filename, file);
      repos.set(repo, known);
      return { sha256: file.sha256, sizeBytes: file.bytes.length };
    },
    gate(repo, tokens) {
      repos.set(repo, { ...(repos.get(repo) ?? { files: new Map() }), tokens });
    },
    setLicense(repo, license) {
      repos.set(repo, { ...(repos.get(repo) ?? { files: new Map() }), license });
    },
    commitOf,
    fault: (repo, filename, fault) =>
      void faults.set(`${repo}/${filename}`, { fault, left: fault.times ?? Number.POSITIVE_INFINITY }),
    faultApi: (fault) => {
      apiFault = fault && { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    },
    clearFaults: () => {
      faults.clear();
      apiFault = undefined;
    },
    close: async () => {
      await Promise.all([hub, cdn].map(stop));
    },
  };
}

async function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  etag: string,
  fault?: FileFault,
): Promise<void> {
  const deaf = fault?.kind === 'ignore_range' && !(fault.middleOnly && request.headers.range?.startsWith('bytes=0-'));
  const asked = deaf ? undefined : rangeOf(request, bytes.length, etag);
  if (asked === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` });
    return void response.end();
  }
  const [from, to] = asked ?? [0, bytes.length - 1];
  const part = bytes.subarray(from, to + 1);
  response.writeHead(asked === undefined ? 200 : 206, {
    etag,
    'content-type': 'application/octet-stream',
    ...(fault?.kind === 'endless' ? {} : { 'content-length': part.length }),
    ...(asked === undefined ? {} : { 'content-range': `bytes ${from}-${to}/${bytes.length}` }),
  });
  if (request.method === 'HEAD') return void response.end();
  if (fault?.kind === 'drop') {
    response.write(part.subarray(0, fault.afterBytes), () => response.destroy());
    return;
  }
  if (fault?.kind === 'slow') {
    for (let at = 0; at < part.length && !response.destroyed; at += fault.pieceBytes) {
      await sleep(fault.pauseMs);
      response.write(part.subarray(at, at + fault.pieceBytes));
    }
    return void response.end();
  }
  if (fault?.kind === 'endless') return void Readable.from(forever(part)).pipe(response);
  response.end(part);
}

function* forever(part: Buffer): Generator<Buffer> {
  for (;;) yield part;
}

function rangeOf(request: IncomingMessage, length: number, etag: string): [number, number] | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const ifRange = request.headers['if-range'];
  if (match === null || (ifRange !== undefined && ifRange !== etag)) return undefined;
  const from = Number(match[1]);
  const to = match[2] === '' ? length - 1 : Math.min(Number(match[2]), length - 1);
  return from >= length || from > to ? 'unsatisfiable' : [from, to];
}

function withOneWrongByte(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 0xff;
  return copy;
}

const gatedFault = (request: IncomingMessage): StatusFault => ({
  kind: 'status',
  status: request.headers.authorization === undefined ? 401 : 403,
  errorCode: 'GatedRepo',
});

class Refusal extends Error {
  readonly fault: StatusFault;
  constructor(fault: StatusFault) {
    super(fault.errorCode);
    this.fault = fault;
  }
}

function refusing(response: ServerResponse, answer: () => Promise<void>): void {
  answer().catch((error: unknown) => {
    if (!(error instanceof Refusal)) return response.destroy();
    const { status, retryAfter, errorCode } = error.fault;
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
      ...(errorCode === undefined ? {} : { 'x-error-code': errorCode }),
    });
    response.end(JSON.stringify({ error: errorCode ?? `status ${status}` }));
  });
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const listen = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

function originOf(server: Server): string {
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
}

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
