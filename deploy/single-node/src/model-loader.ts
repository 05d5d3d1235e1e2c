import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, type ErrorCode, isErrorCode } from '@sangha/errors';
import type { OrgContext } from '@sangha/identity';
import type { SanghaNode } from './main.ts';

type OnProgress = (done: number, total: number) => void;

export interface ModelLoader {
  /**
   * Downloads a file of the hub; answers the model's name once it can be called. Meant for somebody who waits in front of
   * a terminal: a hub that sends nothing for a while ends it, where a download of its own would wait and go on.
   * @throws AppError `hub_unreachable` then, or what the download failed with.
   */
  pull(repo: string, filename: string, onProgress: OnProgress, signal: AbortSignal): Promise<string>;
  /** Links a file of this machine into the store; answers the model's name once it can be called. */
  importFile(path: string, onProgress: OnProgress): Promise<string>;
  /** A name that the organisation can call already, if there is one. */
  firstName(): Promise<string | undefined>;
}

/** Brings models into one organisation, as the operator of this machine. */
export function createModelLoader(
  { clients }: Pick<SanghaNode, 'clients'>,
  admin: OrgContext,
  { stalledAfterMs = 20_000 } = {},
): ModelLoader {
  const operator: OrgContext = Object.freeze({ ...admin, kind: 'platform', userId: 'platform', username: 'platform' });
  return {
    async pull(repo, filename, onProgress, signal) {
      const asked = await clients.downloads.requestDownload({ repo, filename, revision: '' }, { context: admin, signal });
      const stalled = new AbortController();
      const silence = setTimeout(() => stalled.abort(), stalledAfterMs);
      try {
        const watching = { context: admin, signal: AbortSignal.any([signal, stalled.signal]) };
        for await (const job of clients.downloads.watchDownload({ id: asked.id }, watching)) {
          silence.refresh();
          if (job.totalBytes) onProgress(job.downloadedBytes, job.totalBytes);
          if (job.status === 'failed' || job.status === 'cancelled')
            throw new AppError(codeOf(job.errorCode), job.errorMessage || `The download is ${job.status}.`);
          if (job.status === 'completed') return nameOf(job.sha256);
        }
      } catch (error) {
        if (!stalled.signal.aborted) throw error;
      } finally {
        clearTimeout(silence);
      }
      if (!stalled.signal.aborted)
        throw new AppError('unavailable', 'The download was left before its end; it goes on at the next start.');
      await clients.downloads.cancelDownload({ id: asked.id }, { context: admin });
      throw new AppError('hub_unreachable', 'The hub sends nothing.');
    },
    async importFile(path, onProgress) {
      for await (const step of clients.downloads.importFile({ path, repo: 'local' }, { context: operator })) {
        onProgress(step.hashedBytes, step.totalBytes);
        if (step.done) return nameOf(step.sha256);
      }
      throw new AppError('internal', `${path} was not taken into the store.`);
    },
    async firstName() {
      const { names } = await clients.resolver.listNames({}, { context: admin });
      return (names.find(({ capabilities }) => capabilities.includes('chat')) ?? names[0])?.name;
    },
  };

  async function findFile(sha256: string) {
    for (let page = 1; ; page++) {
      const { files, total } = await clients.models.listFiles({ page, pageSize: 100 }, { context: admin });
      const found = files.find((each) => each.sha256 === sha256);
      if (found || files.length === 0 || page * 100 >= total) return found;
    }
  }

  /** The catalogue learns of a file by its event, a moment after the file is there. */
  async function nameOf(sha256: string): Promise<string> {
    for (let waited = 0; waited < 400; waited++) {
      const file = await findFile(sha256);
      if (file) return file.name;
      await sleep(50);
    }
    throw new AppError(
      'unavailable',
      'The file is in the store, but the catalogue has not listed it within 20 seconds. See the log.',
    );
  }
}

const codeOf = (text: string): ErrorCode => (isErrorCode(text) ? text : 'hub_unreachable');
