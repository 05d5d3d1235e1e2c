import { z } from 'zod';
import type { Answer, ControlCall } from '../route.ts';
import { askedBy, idOf } from './asked-by.ts';
import type { ControlPlane } from './control-plane.ts';
import { orNull, type PageQuery, pageBody, pageRequest } from './paging.ts';

export const pullSchema = z.object({
  repo: z.string().min(3).max(200),
  /** A file, a quantization such as `Q4_K_M`, or nothing where the repository leaves no choice. */
  filename: z.string().max(400).default(''),
  revision: z.string().max(200).default(''),
});

/** Accepted when it is stored: from here on the file comes, also over restarts. */
export async function requestPull(
  { clients }: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof pullSchema>>,
): Promise<Answer> {
  // The hub is asked what the repository holds, and a hub may be slow.
  const asked = { ...askedBy(call), deadlineMs: 60_000 };
  return { body: pullBody(await clients.downloads.requestDownload(call.body, asked)) };
}

export async function listPulls({ clients }: ControlPlane, call: ControlCall<PageQuery>): Promise<Answer> {
  const page = await clients.downloads.listDownloads(pageRequest(call.query), askedBy(call));
  return { body: pageBody(page.downloads.map(pullBody), page) };
}

export async function getPull({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  return { body: pullBody(await clients.downloads.getDownload({ id: idOf(call) }, askedBy(call))) };
}

/** The job now and at every change, as server-sent events, until it rests. */
export function watchPull({ clients }: ControlPlane, call: ControlCall): Answer {
  return { events: changes() };

  async function* changes() {
    for await (const job of clients.downloads.watchDownload({ id: idOf(call) }, askedBy(call)))
      yield { event: 'progress', data: pullBody(job) };
  }
}

export async function retryPull({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  return { body: pullBody(await clients.downloads.retryDownload({ id: idOf(call) }, askedBy(call))) };
}

export async function cancelPull({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  return { body: pullBody(await clients.downloads.cancelDownload({ id: idOf(call) }, askedBy(call))) };
}

export async function archivePull({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  return { body: pullBody(await clients.downloads.archiveDownload({ id: idOf(call) }, askedBy(call))) };
}

type Download = Awaited<ReturnType<ControlPlane['clients']['downloads']['getDownload']>>;

export const pullBody = (job: Download) => ({
  id: job.id,
  repo: job.repo,
  filename: job.filename,
  revision: job.revision,
  snapshot: orNull(job.snapshot),
  status: job.status,
  error_code: orNull(job.errorCode),
  error_message: orNull(job.errorMessage),
  error: orNull(job.errorMessage),
  total_bytes: job.totalBytes ?? null,
  downloaded_bytes: job.downloadedBytes,
  sha256: orNull(job.sha256),
  attempt: job.attempt,
  created_at: job.createdAt,
  updated_at: job.updatedAt,
});
