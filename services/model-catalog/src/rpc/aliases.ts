import { type Database, violatedKey } from '@sangha/database';
import { AppError } from '@sangha/errors';
import { allowsModel, newUlid, type OrgContext } from '@sangha/identity';
import { Aliases } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import type { Change } from '../changes.ts';
import type { Db } from '../db.ts';
import { checkMayChange, checkMayWrite, requireOrg } from '../domain/access.ts';
import { parseAliasName } from '../domain/alias-name.ts';
import { parseContextParams } from '../domain/context-params.ts';
import { parseVisibility } from '../domain/remote-model.ts';
import { parseRequestParams } from '../domain/request-params.ts';
import { grantIds } from '../domain/targets.ts';
import { type AliasFields, type AliasRow, aliasesOf } from '../repository/aliases.ts';
import { filesOf } from '../repository/files.ts';
import { aliasView } from '../views.ts';

/** A user's own names for files of the organisation, with presets. */
export function aliasesRpc({ database, change }: { database: Database<Db>; change: Change }): Implementation {
  return implement(Aliases, {
    async createAlias(request, { context }) {
      const org = requireOrg(context);
      const fields = parseAlias(request);
      checkMayWrite(org, parseVisibility(fields.visibility));
      const created = change(org, async (db, now) => {
        await checkFile(org, filesOf(db, org.orgId), fields);
        return await aliasesOf(db, org).insert({ ...fields, id: newUlid(), createdAt: now, updatedAt: now });
      });
      return aliasView(await created.catch((error: unknown) => Promise.reject(aliasTaken(error, fields.alias))));
    },

    async getAlias(request, { context }) {
      const org = requireOrg(context);
      return aliasView(await database.withOrg(org, async (db) => found(await aliasesOf(db, org).find(request.id))));
    },

    async updateAlias(request, { context }) {
      const org = requireOrg(context);
      const fields = parseAlias(request);
      const updated = change(org, async (db, now) => {
        const aliases = aliasesOf(db, org);
        const row = found(await aliases.find(request.id));
        checkMayChange(org, row);
        checkMayWrite(org, parseVisibility(fields.visibility));
        await checkFile(org, filesOf(db, org.orgId), fields);
        return await aliases.update(row.id, { ...fields, updatedAt: now });
      });
      return aliasView(await updated.catch((error: unknown) => Promise.reject(aliasTaken(error, fields.alias))));
    },

    async deleteAlias(request, { context }) {
      const org = requireOrg(context);
      await change(org, async (db) => {
        const aliases = aliasesOf(db, org);
        const row = found(await aliases.find(request.id));
        checkMayChange(org, row);
        await aliases.remove(row.id);
      });
      return {};
    },

    async copyAlias(request, { context }) {
      const org = requireOrg(context);
      const alias = parseAliasName(request.alias);
      checkMayWrite(org, 'private');
      const copied = change(org, async (db, now) => {
        const aliases = aliasesOf(db, org);
        const source = found(await aliases.find(request.id));
        if (!allowsModel(org.grants, grantIds(source))) await checkFile(org, filesOf(db, org.orgId), source);
        const { repo, filename, snapshot, requestParams, contextParams } = source;
        const fields = { alias, repo, filename, snapshot, requestParams, contextParams, visibility: 'private' };
        return await aliases.insert({ ...fields, id: newUlid(), createdAt: now, updatedAt: now });
      });
      return aliasView(await copied.catch((error: unknown) => Promise.reject(aliasTaken(error, alias))));
    },
  });
}

type AliasRequest = Parameters<typeof parseContextParams>[0] extends infer Params
  ? {
      alias: string;
      repo: string;
      filename: string;
      snapshot: string;
      requestParams: string;
      contextParams: Params;
      visibility: string;
    }
  : never;

const parseAlias = (request: AliasRequest): AliasFields => ({
  alias: parseAliasName(request.alias),
  repo: parsePath(request.repo, 'repo'),
  filename: parsePath(request.filename, 'filename'),
  snapshot: request.snapshot === '' ? '' : parsePath(request.snapshot, 'snapshot'),
  requestParams: parseRequestParams(request.requestParams),
  contextParams: JSON.stringify(parseContextParams(request.contextParams)),
  visibility: parseVisibility(request.visibility),
});

/** Only compared with what is registered, never used as a path. */
function parsePath(text: string, param: string): string {
  if (text === '') throw new AppError('missing_field', `${param} is missing.`, { param });
  if (text.length > 255) throw new AppError('invalid_value', `${param} has more than 255 characters.`, { param });
  return text;
}

/**
 * The file is there, and the asker may use it: a name that a token was granted must not become a way to another model.
 * @throws AppError not_found, model_not_granted
 */
async function checkFile(
  { grants }: OrgContext,
  files: ReturnType<typeof filesOf>,
  fields: Pick<AliasFields, 'repo' | 'filename' | 'snapshot'>,
): Promise<void> {
  const file = await files.findByPath(fields);
  if (file !== undefined) {
    if (allowsModel(grants, grantIds(file))) return;
    throw new AppError('model_not_granted', `This token may not use the file "${file.name}". Ask its owner to grant it.`, {
      param: 'filename',
    });
  }
  throw new AppError('not_found', 'Your organisation has no such file. Download it first, or take one from the list of files.', {
    param: 'filename',
  });
}

// The same for an alias of somebody else, of another organisation and for none at all.
function found(row: AliasRow | null): AliasRow {
  if (row === null) throw new AppError('not_found', 'There is no such alias. The list of models names those that you can see.');
  return row;
}

const aliasTaken = (error: unknown, alias: string): unknown =>
  ['user_aliases_org_id_user_id_alias_key', 'user_aliases_org_id_alias_key'].includes(violatedKey(error) ?? '')
    ? new AppError('alias_taken', `An alias named "${alias}" already exists. Choose another name.`, {
        cause: error,
        param: 'alias',
      })
    : error;
