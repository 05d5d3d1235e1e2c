import type { Readable } from 'node:stream';
import { AppError } from '@sangha/errors';
import { z } from 'zod';
import type { ListedFile } from '../domain/choose-file.ts';
import type { ByteRange, Hub, HubFile, HubStream, RepoListing } from './hub.ts';
import { asUnreachable, type Outbound, type OutboundAnswer } from './outbound.ts';

export interface HuggingFaceOptions {
  /** Origin and perhaps a path of the hub, without a slash at the end. */
  endpoint: string;
  token: string | undefined;
  outbound: Outbound;
}

/** A repository of ten thousand files fits; a hub that sends more than this is not telling a list. */
const maxListBytes = 16 * 1024 * 1024;

const listing = z.object({
  sha: z.string().regex(/^[0-9a-f]{7,64}$/),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().int().nonnegative().nullish(),
      lfs: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().nonnegative() }).nullish(),
    }),
  ),
});

/** Hugging Face, and every hub that speaks its API. */
export function createHuggingFace({ endpoint, token, outbound }: HuggingFaceOptions): Hub {
  const base = new URL(endpoint);
  const credential = token === undefined ? undefined : { origin: base.origin, token };
  const at = (path: string): URL => new URL(base.pathname.replace(/\/$/, '') + path, base.origin);
  const fileUrl = ({ repo, commit, name }: HubFile): URL =>
    at(`/${repo}/resolve/${commit}/${name.split('/').map(encodeURIComponent).join('/')}`);

  return {
    async list(repo, revision, signal): Promise<RepoListing> {
      const url = at(`/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`);
      const answer = await outbound.request(url, { method: 'GET', credential, leaveOrigin: false, signal });
      await checkStatus(answer, [200], { endpoint, repo, hasToken: token !== undefined });
      const { sha, siblings } = parseListing(await readJson(answer.body, url, signal), url);
      return {
        commit: sha,
        files: siblings.map(
          ({ rfilename, size, lfs }): ListedFile => ({
            name: rfilename,
            sizeBytes: lfs?.size ?? size ?? undefined,
            sha256: lfs?.sha256,
          }),
        ),
      };
    },

    async reach(file, signal) {
      const answer = await outbound.request(fileUrl(file), { method: 'HEAD', credential, leaveOrigin: false, signal });
      await checkStatus(answer, [200, 302, 303, 307], { endpoint, repo: file.repo, hasToken: token !== undefined });
      discard(answer.body);
    },

    async read(file, { from, to, etag }: ByteRange, signal): Promise<HubStream> {
      const url = fileUrl(file);
      const answer = await outbound.request(url, {
        method: 'GET',
        headers: { range: `bytes=${from}-${to - 1}`, ...(etag === undefined ? {} : { 'if-range': etag }) },
        credential,
        leaveOrigin: true,
        signal,
      });
      await checkStatus(answer, [200, 206], { endpoint, repo: file.repo, hasToken: token !== undefined });
      const body = explained(answer.body, url, signal);
      const close = (): void => discard(answer.body);
      const own = strongEtag(answer.headers.etag);
      if (answer.status === 200)
        return { from: 0, totalBytes: numeric(answer.headers['content-length']), etag: own, body, close };
      const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers['content-range'] ?? '');
      if (range === null) {
        close();
        throw new AppError('upstream_failed', `${url.host} sent a part of the file without saying which. Try again later.`);
      }
      return { from: Number(range[1]), totalBytes: numeric(range[2]), etag: own, body, close };
    },
  };
}

interface Asked {
  endpoint: string;
  repo: string;
  hasToken: boolean;
}

async function checkStatus(answer: OutboundAnswer, expected: number[], asked: Asked): Promise<void> {
  if (expected.includes(answer.status)) return;
  discard(answer.body);
  throw refusalOf(answer, asked);
}

function refusalOf({ status, headers }: OutboundAnswer, { endpoint, repo, hasToken }: Asked): AppError {
  const code = headers['x-error-code'];
  if (status === 404 && code === 'EntryNotFound')
    return new AppError('hub_not_found', `${repo} has no such file at this revision. Look at ${endpoint}/${repo} for its files.`);
  if (status === 404 && code === 'RevisionNotFound')
    return new AppError(
      'hub_not_found',
      `${repo} has no such revision. Use "main", or look at ${endpoint}/${repo} for its branches.`,
    );
  // To strangers the hub answers 401 for a private repository and for one that never was, so that nobody can tell which.
  if (status === 404 || code === 'RepoNotFound')
    return new AppError(
      'hub_not_found',
      `The hub has no repository ${repo}, or it is private. Check the name${hasToken ? ' and what the hub token may read' : ', or set the hub token of your organisation'}.`,
    );
  if (status === 401 || status === 403)
    return new AppError(
      'hub_gated',
      hasToken
        ? `The hub does not let this token read ${repo}. Open ${endpoint}/${repo} with the token's account, accept the model's terms, then retry.`
        : `${repo} is only for accounts that accepted its terms. Accept them at ${endpoint}/${repo}, set that account's token as your organisation's hub token (BODHI_HUB_TOKEN), then retry.`,
    );
  if (status === 429) {
    const retryAfterSecs = retryAfter(headers['retry-after']);
    return new AppError(
      'hub_rate_limited',
      `The hub limits how often we may ask${retryAfterSecs === undefined ? '' : `, for another ${retryAfterSecs} seconds`}. Retry later, or set a hub token with a higher limit.`,
      retryAfterSecs === undefined ? {} : { retryAfterSecs },
    );
  }
  if (status >= 500)
    return new AppError('hub_unreachable', `The hub has a problem of its own (status ${status}). Retry in a few minutes.`);
  return new AppError('upstream_failed', `The hub answered with status ${status}. Retry later; if it stays, tell the operator.`);
}

/** Seconds; the header holds a number or a date. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number(header) : Math.ceil((Date.parse(header) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

function parseListing(json: unknown, url: URL): z.infer<typeof listing> {
  const parsed = listing.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new AppError(
    'upstream_failed',
    `${url.host} answered with something else than a list of files. Check that it is a model hub.`,
    { cause: parsed.error },
  );
}

async function readJson(body: Readable, url: URL, signal: AbortSignal): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of explained(body, url, signal)) {
    length += chunk.length;
    if (length > maxListBytes)
      throw new AppError(
        'upstream_failed',
        `${url.host} sent a list of more than ${maxListBytes} bytes. Check that it is a model hub.`,
      );
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new AppError('upstream_failed', `${url.host} answered with something else than JSON. Check that it is a model hub.`, {
      cause: error,
    });
  }
}

/** The body, its breaks told as `hub_unreachable`. */
async function* explained(body: Readable, url: URL, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    throw asUnreachable(error, url, signal);
  } finally {
    discard(body);
  }
}

function discard(body: Readable): void {
  body.on('error', () => undefined).destroy();
}

/** A weak one says only that two answers mean the same, not that their bytes are equal. */
const strongEtag = (etag: string | undefined): string | undefined => (etag?.startsWith('"') ? etag : undefined);
const numeric = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
