import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobStore } from '@sangha/blob-store';
import type { OrgContext } from '@sangha/identity';
import { parsePage } from '@sangha/paging';
import { Downloads } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import type { DownloadWorkerConfig } from './config.ts';
import { requireOperatorInOrg, requireOrg, requirePowerUser } from './domain/access.ts';
import { chooseFile } from './domain/choose-file.ts';
import { parseRepo, parseRevision, repoText } from './domain/file-reference.ts';
import { type HubSettings, hubTarget } from './domain/hub-target.ts';
import { isResting, type Transition } from './domain/status.ts';
import type { Hubs } from './hub/hub.ts';
import { createImportFile } from './import-file.ts';
import type { DownloadRow, Repository } from './repository.ts';
import type { JobRunner } from './run-job.ts';
import { downloadView } from './views.ts';

export interface RpcDeps {
  repository: Repository;
  runner: JobRunner;
  blobs: BlobStore;
  hubs: Hubs;
  hubSettings: (context: OrgContext) => Promise<HubSettings>;
  config: DownloadWorkerConfig;
}

export function downloadsRpc({ repository, runner, blobs, hubs, hubSettings, config }: RpcDeps): Implementation {
  const importFile = createImportFile({ repository, blobs });

  /** The row first: from then on no worker's write counts. Then whoever works on it in this process, then its bytes. */
  const callOff = async (context: OrgContext, id: string, transition: Transition): Promise<DownloadRow> => {
    const row = await repository.move(context, id, transition);
    runner.interrupt(id);
    await blobs.removePart(id);
    return row;
  };

  return implement(Downloads, {
    async requestDownload(request, { context, signal }) {
      const org = requirePowerUser(context);
      const repo = repoText(parseRepo(request.repo, hubs.endpoint));
      const revision = parseRevision(request.revision);
      const target = hubTarget(repo, hubs.endpoint, await hubSettings(org));
      const { commit, files } = await hubs.open(target).list(target.repo, revision, signal);
      const { name, sizeBytes, sha256 } = chooseFile(request.filename, files, target.repo);
      const download = { repo, filename: name, revision, snapshot: commit, totalBytes: sizeBytes, sha256 };
      return downloadView((await repository.request(org, download)).row);
    },
    getDownload: async ({ id }, { context }) => downloadView(await repository.get(requireOrg(context), id)),
    async listDownloads(request, { context }) {
      const page = parsePage(request);
      const { rows, total } = await repository.list(requireOrg(context), page);
      return { downloads: rows.map(downloadView), total, ...page };
    },
    retryDownload: async ({ id }, { context }) => downloadView(await repository.move(requirePowerUser(context), id, 'retry')),
    cancelDownload: async ({ id }, { context }) => downloadView(await callOff(requirePowerUser(context), id, 'cancel')),
    archiveDownload: async ({ id }, { context }) => downloadView(await callOff(requirePowerUser(context), id, 'archive')),

    async *watchDownload({ id }, { context, signal }) {
      const org = requireOrg(context);
      let last = '';
      while (!signal.aborted) {
        const row = await repository.get(org, id);
        const seen = [row.status, row.attempt, row.downloadedBytes, row.totalBytes, row.errorCode].join();
        if (seen !== last) yield downloadView(row);
        if (isResting(row.status)) return;
        last = seen;
        await sleep(config.watchMs, undefined, { signal }).catch(() => undefined);
      }
    },

    importFile: (request, { context, signal }) => importFile(requireOperatorInOrg(context), request, signal),
  });
}
