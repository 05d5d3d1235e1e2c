import type { BlobStore } from '@sangha/blob-store';
import type { Database } from '@sangha/database';
import { AppError } from '@sangha/errors';
import { effectiveTemplate, type GgufMetadata } from '@sangha/gguf';
import type { OrgContext } from '@sangha/identity';
import type { Change } from './changes.ts';
import type { Db } from './db.ts';
import { type FileFacts, type FileRow, filesOf } from './repository/files.ts';

/** A file that the organisation holds. */
export interface HeldFile {
  source: string;
  repo: string;
  filename: string;
  snapshot: string;
  sha256: string;
  sizeBytes: number;
}

export interface RegisterFileDeps {
  database: Database<Db>;
  clock: () => number;
  change: Change;
  blobs: Pick<BlobStore, 'locate'>;
  /** Reads a model file's header and refuses what native code must not see. */
  readModel: (path: string) => Promise<GgufMetadata>;
}

export type RegisterFile = (context: OrgContext, file: HeldFile) => Promise<FileRow>;

/** Reads what a file says about itself and keeps it. Safe to do twice: the second time renews what is known. */
export function createRegisterFile({ database, change, clock, blobs, readModel }: RegisterFileDeps): RegisterFile {
  return async (context, file) => {
    checkHeldFile(file);
    const { path } = await blobs.locate(file.sha256);
    const facts = factsOf(file, await readModel(path));
    const { id } = await database.withOrg(context, (db) => filesOf(db, context.orgId).put(facts, new Date(clock())));
    return await change(context, async (db) => {
      const files = filesOf(db, context.orgId);
      await files.nameRepo(file);
      const row = await files.find(id);
      if (row === undefined) throw new AppError('not_found', 'The file was removed while it was registered.');
      return row;
    });
  };
}

function checkHeldFile({ source, repo, filename, snapshot, sha256 }: HeldFile): void {
  const wrong =
    (source !== 'hub' && source !== 'local' && 'source') ||
    ((repo === '' || repo.length > 255) && 'repo') ||
    ((filename === '' || filename.length > 255) && 'filename') ||
    (snapshot.length > 255 && 'snapshot') ||
    (!/^[0-9a-f]{64}$/.test(sha256) && 'sha256');
  if (wrong) throw new AppError('invalid_value', `${wrong} does not name a file.`, { param: wrong });
}

function factsOf({ source, repo, filename, snapshot, sha256 }: HeldFile, model: GgufMetadata): FileFacts {
  const { template, source: chatTemplateSource } = effectiveTemplate(model);
  return {
    source,
    repo,
    filename,
    snapshot,
    sha256,
    sizeBytes: BigInt(model.sizeBytes),
    architecture: model.architecture,
    parameters: BigInt(model.parameters),
    quantization: model.quantization,
    contextLength: Math.min(model.contextLength, 2_147_483_647), // as written in the file, so possibly nonsense
    chatTemplate: template,
    chatTemplateSource,
    capabilities: [...model.capabilities],
    license: (model.license.id ?? model.license.name ?? '').slice(0, 255),
  };
}
