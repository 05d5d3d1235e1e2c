import { newUlid, type OrgId } from '@sangha/identity';
import type { Db } from '../db.ts';
import { fileName } from '../domain/file-name.ts';
import { type Page, skipTake } from '../domain/page.ts';

type Stored = Awaited<ReturnType<Db['modelMetadata']['findUniqueOrThrow']>>;
export type FileRow = Omit<Stored, 'capabilities'> & { capabilities: string[] };

/** What is kept of a file, without what the catalogue gives it. */
export type FileFacts = Omit<FileRow, 'orgId' | 'id' | 'name' | 'createdAt' | 'updatedAt'>;

/** Where a file came from; a file has one row per snapshot. */
export type FileKey = Pick<FileRow, 'source' | 'repo' | 'filename' | 'snapshot'>;

/** Files of one organisation; every member sees them all. */
export function filesOf(db: Db, orgId: OrgId) {
  const newest = { orderBy: [{ createdAt: 'desc' as const }, { id: 'desc' as const }] };
  return {
    find: async (id: string) => optional(await db.modelMetadata.findFirst({ where: { orgId, id } })),
    findMany: async (ids: string[]) => (await db.modelMetadata.findMany({ where: { orgId, id: { in: ids } } })).map(read),
    all: async () => (await db.modelMetadata.findMany({ where: { orgId }, ...newest })).map(read),
    async page(page: Page): Promise<{ rows: FileRow[]; total: number }> {
      const rows = await db.modelMetadata.findMany({
        where: { orgId },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        ...skipTake(page),
      });
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
    /**
     * Keeps what is known of a file, again or for the first time, and gives the files of its repo their names: a second
     * file of equal quantization makes the short name ambiguous.
     */
    async put(facts: FileFacts, now: Date): Promise<FileRow> {
      const { source, repo, filename, snapshot } = facts;
      const data = { ...facts, capabilities: JSON.stringify(facts.capabilities), updatedAt: now };
      const row = await db.modelMetadata.upsert({
        where: { orgId_source_repo_filename_snapshot: { orgId, source, repo, filename, snapshot } },
        create: { ...data, orgId, id: newUlid(), name: fileName(facts, []), createdAt: now },
        update: data,
      });
      const siblings = await db.modelMetadata.findMany({
        where: { orgId, source, repo },
        select: { id: true, source: true, repo: true, filename: true, quantization: true, name: true },
      });
      const renamed = siblings
        .map((file) => ({ id: file.id, from: file.name, name: fileName(file, siblings) }))
        .filter(({ from, name }) => from !== name);
      for (const { id, name } of renamed) await db.modelMetadata.update({ where: { orgId_id: { orgId, id } }, data: { name } });
      return read({ ...row, name: renamed.find(({ id }) => id === row.id)?.name ?? row.name });
    },
  };
}

const read = (row: Stored): FileRow => ({ ...row, capabilities: JSON.parse(row.capabilities) as string[] });
const optional = (row: Stored | null): FileRow | undefined => (row === null ? undefined : read(row));
