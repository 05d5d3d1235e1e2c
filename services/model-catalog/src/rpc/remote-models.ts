import { type Database, violatedKey } from '@sangha/database';
import { AppError } from '@sangha/errors';
import { newUlid, type OrgContext } from '@sangha/identity';
import { RemoteModels } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import { Secret } from '@sangha/secrets';
import type { ApiKeys } from '../api-keys.ts';
import type { Change } from '../changes.ts';
import type { Db } from '../db.ts';
import { checkMayChange, checkMayWrite, requireSession } from '../domain/access.ts';
import type { AddressPolicy } from '../domain/base-url.ts';
import { type KeyChange, parseKeyChange, parseRemoteModel } from '../domain/remote-model.ts';
import { type RemoteModelRow, remoteModelsOf } from '../repository/remote-models.ts';
import { remoteView } from '../views.ts';

export interface RemoteModelsDeps {
  database: Database<Db>;
  change: Change;
  apiKeys: ApiKeys;
  addresses: AddressPolicy;
}

/** Models of other providers. Keys go in sealed and come out only through the resolver. */
export function remoteModelsRpc({ database, change, apiKeys, addresses }: RemoteModelsDeps): Implementation {
  /** Sealed before the transaction begins: the organisation's key may have to be asked for. */
  async function seal(org: OrgContext, id: string, baseUrl: string, key: KeyChange): Promise<string | null | undefined> {
    if (key.action === 'keep') return undefined;
    return key.value === '' ? null : await apiKeys.seal(org.orgId, { id, baseUrl }, new Secret(key.value));
  }

  return implement(RemoteModels, {
    async createRemoteModel(request, { context }) {
      const org = requireSession(context);
      const fields = parseRemoteModel(request, addresses);
      checkMayWrite(org, fields.visibility);
      const id = newUlid();
      const sealed = await seal(org, id, fields.baseUrl, parseKeyChange(request, fields.baseUrl));
      const created = change(org, (db, now) => remoteModelsOf(db, org).insert(id, fields, sealed ?? null, now));
      return remoteView(await created.catch((error: unknown) => Promise.reject(prefixTaken(error))), org);
    },

    async getRemoteModel(request, { context }) {
      const org = requireSession(context);
      return remoteView(await database.withOrg(org, async (db) => found(await remoteModelsOf(db, org).find(request.id))), org);
    },

    async updateRemoteModel(request, { context }) {
      const org = requireSession(context);
      const fields = parseRemoteModel(request, addresses);
      const sealed = await seal(org, request.id, fields.baseUrl, parseKeyChange(request, fields.baseUrl));
      const updated = change(org, async (db, now) => {
        const remotes = remoteModelsOf(db, org);
        const row = found(await remotes.find(request.id));
        checkMayChange(org, row);
        checkMayWrite(org, fields.visibility);
        // Checked against the row that this transaction replaces, so that nobody moves the address in between.
        parseKeyChange(request, fields.baseUrl, { baseUrl: row.baseUrl, hasKey: row.encryptedApiKey !== null });
        const changed = await remotes.update(row, fields, sealed, now);
        if (changed === undefined)
          throw new AppError('conflict', 'Somebody else changed this remote model meanwhile. Read it again and repeat.');
        return changed;
      });
      return remoteView(await updated.catch((error: unknown) => Promise.reject(prefixTaken(error))), org);
    },

    async deleteRemoteModel(request, { context }) {
      const org = requireSession(context);
      await change(org, async (db) => {
        const remotes = remoteModelsOf(db, org);
        const row = found(await remotes.find(request.id));
        checkMayChange(org, row);
        await remotes.remove(row.id);
      });
      return {};
    },
  });
}

function found(row: RemoteModelRow | undefined): RemoteModelRow {
  if (row === undefined)
    throw new AppError('not_found', 'There is no such remote model. The list of models names those that you can see.');
  return row;
}

const prefixTaken = (error: unknown): unknown =>
  violatedKey(error) === 'api_model_aliases_org_id_prefix_key'
    ? new AppError('prefix_taken', 'Another remote model of your organisation has this prefix. Choose another one.', {
        cause: error,
        param: 'prefix',
      })
    : error;
