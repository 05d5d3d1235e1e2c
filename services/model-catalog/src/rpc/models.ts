import type { Database } from '@sangha/database';
import { AppError } from '@sangha/errors';
import { allowsModel, allowsModelsList, type Context, type OrgContext } from '@sangha/identity';
import { parsePage } from '@sangha/paging';
import { Models } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import type { Db } from '../db.ts';
import { requireOrg, requireService } from '../domain/access.ts';
import { namesOf } from '../domain/match-remote.ts';
import { parseModelQuery } from '../domain/model-list.ts';
import { grantIds } from '../domain/targets.ts';
import type { RegisterFile } from '../register-file.ts';
import { type AliasRow, aliasesOf } from '../repository/aliases.ts';
import { type FileRow, filesOf } from '../repository/files.ts';
import { pageOfModels } from '../repository/models.ts';
import { type RemoteModelRow, remoteModelsOf } from '../repository/remote-models.ts';
import { aliasView, fileView, remoteView } from '../views.ts';

/** Everything an organisation can call, as rows for people. */
export function modelsRpc({ database, registerFile }: { database: Database<Db>; registerFile: RegisterFile }): Implementation {
  return implement(Models, {
    async listModels(request, { context }) {
      const org = requireLister(context);
      const query = parseModelQuery(request);
      return await database.withOrg(org, async (db) => {
        const { rows, total } = await pageOfModels(db, org, query);
        const idsOf = (type: string) => rows.filter((row) => row.type === type).map(({ id }) => id);
        const files = await filesOf(db, org.orgId).findMany(idsOf('local_file'));
        const aliases = await aliasesOf(db, org).findMany(idsOf('model_alias'));
        const remotes = await remoteModelsOf(db, org).findMany(idsOf('api_model'));
        const found = [
          ...files.map((row) => ({ id: row.id, view: fileRow(org, row) })),
          ...aliases.map((row) => ({ id: row.id, view: aliasRow(org, row) })),
          ...remotes.map((row) => ({ id: row.id, view: remoteRow(org, row) })),
        ];
        const views = new Map(found.map(({ id, view }) => [id, view] as const));
        return { models: rows.flatMap(({ id }) => views.get(id) ?? []), total, ...query.page };
      });
    },

    async getModel({ id }, { context }) {
      const org = requireOrg(context);
      return await database.withOrg(org, async (db) => {
        const row = await findRow(db, org, id);
        // Who may not see the list learns nothing of what it may not use either.
        if (row !== undefined && (row.access || allowsModelsList(org.grants))) return row;
        throw new AppError('model_not_found', 'There is no such model. The list of models names those that you can see.', {
          param: 'id',
        });
      });
    },

    async listFiles(request, { context }) {
      const org = requireLister(context);
      const page = parsePage(request);
      const { rows, total } = await database.withOrg(org, (db) => filesOf(db, org.orgId).page(page));
      return { files: rows.map(fileView), total, ...page };
    },

    async registerFile(request, { context }) {
      return fileView(await registerFile(requireService(context), request));
    },
  });
}

/** Whoever may see the list: a token only where its grants say so, on whichever surface it asks. */
function requireLister(context: Context): OrgContext {
  const org = requireOrg(context);
  if (!allowsModelsList(org.grants))
    throw new AppError('insufficient_scope', 'This token may not list models. Ask its owner to grant models_list.');
  return org;
}

async function findRow(db: Db, org: OrgContext, id: string) {
  const file = await filesOf(db, org.orgId).find(id);
  if (file !== undefined) return fileRow(org, file);
  const alias = await aliasesOf(db, org).find(id);
  if (alias !== null) return aliasRow(org, alias);
  const remote = await remoteModelsOf(db, org).find(id);
  return remote && remoteRow(org, remote);
}

// `access`: whether the asker's token or app may use it; always true for people.
const fileRow = (org: OrgContext, row: FileRow) => ({
  type: 'local_file',
  name: row.name,
  access: allowsModel(org.grants, grantIds(row)),
  file: fileView(row),
});

const aliasRow = (org: OrgContext, row: AliasRow) => ({
  type: 'model_alias',
  name: row.alias,
  access: allowsModel(org.grants, grantIds(row)),
  alias: aliasView(row),
});

const remoteRow = (org: OrgContext, row: RemoteModelRow) => ({
  type: 'api_model',
  name: row.name,
  access: allowsModel(org.grants, [...namesOf(row), ...grantIds(row)]),
  remote: remoteView(row, org),
});
