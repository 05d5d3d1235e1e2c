import { newUlid, type OrgId } from '@sangha/identity';
import { type Page, skipTake } from '@sangha/paging';
import type { Db } from '../db.ts';
import { exactFileName, fileName } from '../domain/file-name.ts';

type Stored = Awaited<ReturnType<Db['modelMetadata']['findUniqueOrThrow']>>;
export type FileRow = Omit<Stored, 'capabilities'> & { capabilities: string[] };

/** What is kept of a file, without what the catalogue gives it. */
export type FileFacts = Omit<FileRow, 'orgId' | 'id' | 'name' | 'createdAt' | 'updatedAt'>;

/** Where a file came from; a file has one row per snapshot. */
export type FileKey = Pick<FileRow, 'source' | 'repo' | 'filename' | 'snapshot'>;

/** Files of one organisation; every member sees them all. Lists leave `chatTemplate` empty: it can outweigh everything else. */
export function filesOf(db: Db, orgId: OrgId) {
  const newest = { orderBy: [{ createdAt: 'desc' as const }, { id: 'desc' as const }] };
  const listed = { omit: { chatTemplate: true } as const };
  return {
    find: async (id: string) => optional(await db.modelMetadata.findFirst({ where: { orgId, id } })),
    findMany: async (ids: string[]) =>
      (await db.modelMetadata.findMany({ where: { orgId, id: { in: ids } }, ...listed })).map(read),
    all: async () => (await db.modelMetadata.findMany({ where: { orgId }, ...newest, ...listed })).map(read),
    async page(page: Page): Promise<{ rows: FileRow[]; total: number }> {
      const orderBy = [{ name: 'asc' as const }, { id: 'asc' as const }];
      const rows = await db.modelMetadata.findMany({ where: { orgId }, orderBy, ...skipTake(page), ...listed });
      return { rows: rows.map(read), total: await db.modelMetadata.count({ where: { orgId } }) };
    },
    /** An empty snapshot means the newest. */
    findByPath: async ({ repo, filename, snapshot }: Omit<FileKey, 'source'>) =>
      optional(
        await db.modelMetadata.findFirst({
          where: { orgId, repo, filename, ...(snapshot === '' ? {} : { snapshot }) },
          ...newest,
        }),
      ),
    findByName: async (name: string) => optional(await db.modelMetadata.findFirst({ where: { orgId, name }, ...newest })),
    /** Keeps what is known of a file, again or for the first time. Its name is right once `nameRepo` has run. */
    async put(facts: FileFacts, now: Date): Promise<FileRow> {
      const { source, repo, filename, snapshot } = facts;
      const data = { ...facts, capabilities: JSON.stringify(facts.capabilities), updatedAt: now };
      const row = await db.modelMetadata.upsert({
        where: { orgId_source_repo_filename_snapshot: { orgId, source, repo, filename, snapshot } },
        create: { ...data, orgId, id: newUlid(), name: exactFileName(facts), createdAt: now },
        update: data,
      });
      return read(row);
    },
    /**
     * Gives the files of a repo their names: a second file of equal quantization makes the short name ambiguous. Runs in a
     * transaction after the one that added a file, so that of two files that were added at once the later one sees both.
     */
    async nameRepo({ source, repo }: Pick<FileKey, 'source' | 'repo'>): Promise<void> {
      const select = { id: true, source: true, repo: true, filename: true, quantization: true, name: true };
      const files = await db.modelMetadata.findMany({ where: { orgId, source, repo }, select, orderBy: { id: 'asc' } });
      for (const file of files) {
        const name = fileName(file, files);
        if (name !== file.name) await db.modelMetadata.update({ where: { orgId_id: { orgId, id: file.id } }, data: { name } });
      }
    },
  };
}

const read = (row: Omit<Stored, 'chatTemplate'> & { chatTemplate?: string }): FileRow => ({
  ...row,
  chatTemplate: row.chatTemplate ?? '',
  capabilities: JSON.parse(row.capabilities) as string[],
});
const optional = (row: Stored | null): FileRow | undefined => (row === null ? undefined : read(row));
