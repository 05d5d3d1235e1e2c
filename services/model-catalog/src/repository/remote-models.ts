import type { OrgContext } from '@sangha/identity';
import type { Db } from '../db.ts';
import type { RemoteModelFields } from '../domain/remote-model.ts';

type Stored = Awaited<ReturnType<Db['apiModelAlias']['findUniqueOrThrow']>>;

/** A remote model with its lists and objects read back from their text. */
export type RemoteModelRow = Omit<Stored, 'models' | 'extraHeaders'> & { models: string[]; extraHeaders: Record<string, string> };

/** Remote models that one user of one organisation can see: their own and the shared ones. */
export function remoteModelsOf(db: Db, { orgId, userId }: Pick<OrgContext, 'orgId' | 'userId'>) {
  const visible = { orgId, OR: [{ userId }, { visibility: 'org' }] };
  const key = (id: string) => ({ orgId_id: { orgId, id } });
  return {
    async find(id: string): Promise<RemoteModelRow | undefined> {
      const row = await db.apiModelAlias.findFirst({ where: { ...visible, id } });
      return row === null ? undefined : read(row);
    },
    async findMany(ids: string[]): Promise<RemoteModelRow[]> {
      return (await db.apiModelAlias.findMany({ where: { ...visible, id: { in: ids } } })).map(read);
    },
    async all(): Promise<RemoteModelRow[]> {
      return (await db.apiModelAlias.findMany({ where: visible, orderBy: { id: 'asc' } })).map(read);
    },
    async insert(id: string, fields: RemoteModelFields, encryptedApiKey: string | null, now: Date): Promise<RemoteModelRow> {
      const data = {
        ...written(fields),
        orgId,
        userId,
        id,
        encryptedApiKey,
        createdAt: now,
        updatedAt: now,
      };
      return read(await db.apiModelAlias.create({ data }));
    },
    /**
     * @param encryptedApiKey undefined = as it is
     * @returns undefined when the row has left `row.baseUrl` meanwhile: a kept key must not follow to an address it was not entered for
     */
    async update(
      row: RemoteModelRow,
      fields: RemoteModelFields,
      encryptedApiKey: string | null | undefined,
      now: Date,
    ): Promise<RemoteModelRow | undefined> {
      const sealed = encryptedApiKey === undefined ? {} : { encryptedApiKey };
      const where = { orgId, id: row.id, baseUrl: row.baseUrl };
      const { count } = await db.apiModelAlias.updateMany({ where, data: { ...written(fields), ...sealed, updatedAt: now } });
      return count === 0 ? undefined : this.find(row.id);
    },
    remove: (id: string) => db.apiModelAlias.delete({ where: key(id) }),
  };
}

const written = ({ models, extraHeaders, ...fields }: RemoteModelFields) => ({
  ...fields,
  models: JSON.stringify(models),
  extraHeaders: JSON.stringify(extraHeaders),
});

const read = (row: Stored): RemoteModelRow => ({
  ...row,
  models: JSON.parse(row.models) as string[],
  extraHeaders: JSON.parse(row.extraHeaders) as Record<string, string>,
});
