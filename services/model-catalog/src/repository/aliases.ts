import type { OrgContext } from '@sangha/identity';
import type { Db } from '../db.ts';

export type AliasRow = Awaited<ReturnType<Db['userAlias']['findUniqueOrThrow']>>;
export type AliasFields = Pick<
  AliasRow,
  'alias' | 'repo' | 'filename' | 'snapshot' | 'requestParams' | 'contextParams' | 'visibility'
>;

/** Aliases that one user of one organisation can see: their own and the shared ones. Everybody else's are not there. */
export function aliasesOf(db: Db, { orgId, userId }: Pick<OrgContext, 'orgId' | 'userId'>) {
  const visible = { orgId, OR: [{ userId }, { visibility: 'org' }] };
  return {
    find: (id: string) => db.userAlias.findFirst({ where: { ...visible, id } }),
    findMany: (ids: string[]) => db.userAlias.findMany({ where: { ...visible, id: { in: ids } } }),
    all: () => db.userAlias.findMany({ where: visible, orderBy: { id: 'asc' } }),
    /** The user's own private alias of this name, else the shared one. */
    async findByName(alias: string): Promise<AliasRow | undefined> {
      const rows = await db.userAlias.findMany({ where: { ...visible, alias } });
      return rows.find((row) => row.visibility === 'private') ?? rows[0];
    },
    insert: (row: AliasFields & { id: string; createdAt: Date; updatedAt: Date }) =>
      db.userAlias.create({ data: { ...row, orgId, userId } }),
    update: (id: string, fields: AliasFields & { updatedAt: Date }) =>
      db.userAlias.update({ where: { orgId_id: { orgId, id } }, data: fields }),
    remove: (id: string) => db.userAlias.delete({ where: { orgId_id: { orgId, id } } }),
  };
}
