import type { Database } from '@sangha/database';
import { AppError } from '@sangha/errors';
import { allowsModel, type OrgContext } from '@sangha/identity';
import { Resolver } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import type { ApiKeys } from '../api-keys.ts';
import type { Db } from '../db.ts';
import { requireOrg } from '../domain/access.ts';
import { readContextParams } from '../domain/context-params.ts';
import { matchRemote, type RemoteMatch } from '../domain/match-remote.ts';
import { effective, grantIds } from '../domain/targets.ts';
import { visibleNames } from '../domain/visible-names.ts';
import { type AliasRow, aliasesOf } from '../repository/aliases.ts';
import { type FileRow, filesOf } from '../repository/files.ts';
import { type RemoteModelRow, remoteModelsOf } from '../repository/remote-models.ts';

/** What a name means for an asker. The gateway keeps the answers; who may use them by grants is checked there, per request. */
export function resolverRpc({ database, apiKeys }: { database: Database<Db>; apiKeys: ApiKeys }): Implementation {
  /** Outside the transaction: the organisation's key may have to be asked for. */
  async function keyOf({ orgId }: OrgContext, remote: RemoteModelRow): Promise<string> {
    return remote.encryptedApiKey === null ? '' : (await apiKeys.open(orgId, remote, remote.encryptedApiKey)).reveal();
  }

  return implement(Resolver, {
    async resolve({ name }, { context }) {
      const org = requireOrg(context);
      // Longer than every alias, prefix with model id, and file name can be.
      const meaning = name === '' || name.length > 512 ? undefined : await database.withOrg(org, (db) => lookUp(db, org, name));
      if (meaning === undefined) throw notFound(name);
      const named = { name, modelId: name, grantIds: [...new Set([name, ...grantIds(rowOf(meaning))])] };
      if ('remote' in meaning)
        return { ...named, requestParams: '{}', remote: remoteTarget(meaning, await keyOf(org, meaning.remote)) };
      return { ...named, requestParams: meaning.alias?.requestParams ?? '{}', local: localTarget(meaning) };
    },

    async listNames(_request, { context }) {
      const org = requireOrg(context);
      const [aliases, remotes, files] = await database.withOrg(org, async (db) => {
        return [await aliasesOf(db, org).all(), await remoteModelsOf(db, org).all(), await filesOf(db, org.orgId).all()] as const;
      });
      const named = aliases.map((row) => ({ ...row, name: row.alias }));
      const names = visibleNames(named, remotes, files).map(({ name, type, row }) => ({
        name,
        type,
        created: Math.floor(row.createdAt.getTime() / 1000),
        allowed: allowsModel(org.grants, [name, ...grantIds(row)]),
        ...aboutName(row, files),
      }));
      return { names };
    },
  });
}

type LocalMeaning = { file: FileRow; alias?: AliasRow };
type RemoteMeaning = RemoteMatch<RemoteModelRow>;
type Meaning = LocalMeaning | RemoteMeaning;

const rowOf = (meaning: Meaning): AliasRow | RemoteModelRow | FileRow =>
  'remote' in meaning ? meaning.remote : (meaning.alias ?? meaning.file);

/** In this order: own alias, shared alias, remote model, file. */
async function lookUp(db: Db, org: OrgContext, name: string): Promise<Meaning | undefined> {
  const files = filesOf(db, org.orgId);
  const alias = await aliasesOf(db, org).findByName(name);
  if (alias !== undefined) {
    const file = await files.findByPath(alias);
    return file && { alias, file };
  }
  const remote = matchRemote(name, await remoteModelsOf(db, org).all());
  if (remote !== undefined) return remote;
  const file = (await files.findByName(name)) ?? (await findByExactName(files, name));
  return file && { file };
}

/** `<repo>:<filename without .gguf>` works whatever the quantizations beside it are. */
async function findByExactName(files: ReturnType<typeof filesOf>, name: string): Promise<FileRow | undefined> {
  const colon = name.lastIndexOf(':');
  if (colon <= 0) return undefined;
  return await files.findByPath({ repo: name.slice(0, colon), filename: `${name.slice(colon + 1)}.gguf`, snapshot: '' });
}

function remoteTarget({ remote, upstreamModel }: RemoteMeaning, apiKey: string) {
  const { id, apiFormat, baseUrl, extraHeaders, extraBody } = remote;
  return { id, apiFormat, baseUrl, apiKey, upstreamModel, extraHeaders, extraBody };
}

function localTarget({ file, alias }: LocalMeaning) {
  const context = alias === undefined ? {} : readContextParams(alias.contextParams);
  const { sha256, architecture, contextLength } = file;
  return { sha256, sizeBytes: Number(file.sizeBytes), architecture, contextLength, ...effective(file, context), context };
}

function aboutName(
  row: AliasRow | RemoteModelRow | FileRow,
  files: readonly FileRow[],
): { ownedBy: string; contextLength: number; capabilities: string[] } {
  if ('apiFormat' in row) return { ownedBy: row.apiFormat, contextLength: 0, capabilities: [] };
  if (!('alias' in row)) return { ownedBy: 'system', contextLength: row.contextLength, capabilities: row.capabilities };
  const file = files.find(
    ({ repo, filename, snapshot }) =>
      repo === row.repo && filename === row.filename && (row.snapshot === '' || snapshot === row.snapshot),
  );
  const params = readContextParams(row.contextParams);
  const contextLength = params.contextSize ?? file?.contextLength ?? 0;
  return {
    ownedBy: row.visibility === 'org' ? 'organization' : 'user',
    contextLength,
    capabilities: file === undefined ? [] : effective(file, params).capabilities,
  };
}

// The same for a name of somebody else, of another organisation and for none at all.
const notFound = (name: string): AppError =>
  new AppError(
    'model_not_found',
    `There is no model "${name.slice(0, 128)}" that you can use. The list of models names those that you can.`,
    { param: 'model' },
  );
