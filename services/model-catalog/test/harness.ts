import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createBlobStore } from '@sangha/blob-store';
import { type Database, migrate, openPostgres, openSqlite, readMigrations, sqliteTarget } from '@sangha/database';
import { AppError } from '@sangha/errors';
import { preflight } from '@sangha/gguf';
import {
  type Context,
  createContextSigner,
  createContextVerifier,
  newUlid,
  noGrants,
  type OrgContext,
  type OrgId,
} from '@sangha/identity';
import { type Messaging, openSqliteQueue } from '@sangha/messaging';
import { Aliases, Models, RemoteModels, Resolver } from '@sangha/protos';
import { type Client, local } from '@sangha/rpc';
import { createKeyring, newPlatformKeyText, parsePlatformKeys, Secret } from '@sangha/secrets';
import { createLogger, createMetrics } from '@sangha/telemetry';
import { testDatabase } from '@sangha/testkit/postgres';
import { type TinyGgufOptions, writeTinyGguf } from '@sangha/testkit/tiny-gguf';
import { PrismaClient as PostgresClient } from '../generated/postgres/client.ts';
import { PrismaClient as SqliteClient } from '../generated/sqlite/client.ts';
import { createModelCatalog, type Db, type ModelCatalogDeps } from '../src/app.ts';

export type Engine = 'postgres' | 'sqlite';
export const engines: readonly Engine[] = ['sqlite', 'postgres'];

/** A catalogue on real rows and real files, its clients, and what it told the bus. */
export interface Harness {
  database: Database<Db>;
  messaging: Messaging;
  resolver: Client<typeof Resolver>;
  aliases: Client<typeof Aliases>;
  remotes: Client<typeof RemoteModels>;
  models: Client<typeof Models>;
  /** The organisation of every `catalog.changed`, oldest first. */
  told: string[];
  /** Everything that was logged. */
  logged(): string;
  start(): Promise<void>;
  /** A model file in the store, not yet registered. */
  blob(options?: TinyGgufOptions): Promise<{ sha256: string; sizeBytes: number }>;
  /** A model file in the store, registered in an organisation. */
  file(
    context: OrgContext,
    file: { repo: string; filename: string; snapshot?: string; source?: string },
    options?: TinyGgufOptions,
  ): Promise<{ id: string; name: string; sha256: string }>;
}

export async function openCatalog(t: TestContext, engine: Engine, differences: Partial<ModelCatalogDeps> = {}): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'sangha-catalog-'));
  const database = engine === 'postgres' ? await openOnPostgres(t) : await openOnSqlite(join(folder, 'catalog.db'));
  const lines: string[] = [];
  const log = createLogger({ service: 'model-catalog', level: 'info', destination: { write: (line) => void lines.push(line) } });
  const messaging = openSqliteQueue({ file: join(folder, 'queue.db'), log, retryDelayMs: () => 10 });
  const blobs = createBlobStore({ root: join(folder, 'store'), reserveBytes: 0 });
  const catalog = createModelCatalog({
    database,
    messaging,
    blobs,
    readModel: (path) => preflight(path),
    ...keys(),
    clock: Date.now,
    log,
    metrics: createMetrics({ service: 'model-catalog' }),
    ...differences,
  });
  const told: string[] = [];
  const listening = messaging.listen('catalog.changed', (orgId) => void told.push(orgId));
  t.after(async () => {
    listening.close();
    await catalog.close();
    await messaging.close();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const wiring = { services: catalog.services, ...signing(), onError: (err: unknown) => log.error({ err }, 'A call failed') };
  const models = local(Models, wiring);
  const blob = async (options: TinyGgufOptions = {}) => {
    const { path, sha256, sizeBytes } = await writeTinyGguf(join(folder, `${newUlid()}.gguf`), {
      vocabularySize: 300,
      blocks: 1,
      ...options,
    });
    await blobs.link(path, sha256);
    return { sha256, sizeBytes };
  };
  return {
    database,
    messaging,
    models,
    resolver: local(Resolver, wiring),
    aliases: local(Aliases, wiring),
    remotes: local(RemoteModels, wiring),
    told,
    logged: () => lines.join(''),
    start: () => catalog.start(),
    blob,
    async file(context, { repo, filename, snapshot = '', source = 'hub' }, options) {
      const { sha256, sizeBytes } = await blob(options);
      const registered = await models.registerFile(
        { source, repo, filename, snapshot, sha256, sizeBytes },
        { context: serviceIn(context) },
      );
      return { id: registered.id, name: registered.name, sha256 };
    },
  };
}

export const organization = (): OrgId => newUlid() as OrgId;

export const session = (orgId: OrgId, userId: string, role: OrgContext['role'] = 'resource_user'): OrgContext =>
  Object.freeze({ kind: 'session', orgId, userId, username: userId, role });

export const serviceIn = ({ orgId }: { orgId: OrgId }): OrgContext =>
  Object.freeze({ kind: 'service', orgId, userId: 'download-worker', username: 'download-worker', role: 'resource_admin' });

/** The same person through an API token that may use these models. */
export const byToken = (
  person: OrgContext,
  ids: string[],
  scope: 'scope_token_user' | 'scope_token_power_user' = 'scope_token_user',
): OrgContext =>
  Object.freeze({
    ...person,
    kind: 'api_token',
    scope,
    tokenId: newUlid(),
    grants: { ...noGrants, models_list: true, models: { type: 'specific', ids } },
  } satisfies OrgContext);

/** The registry's part: a data key per organisation, wrapped by one platform key. */
function keys(): Pick<ModelCatalogDeps, 'directory' | 'keyring'> {
  const keyring = createKeyring({ platformKeys: parsePlatformKeys(new Secret(newPlatformKeyText())) });
  const wrapped = new Map<string, string>();
  const getOrganizationKey = async (_request: object, { context }: { context: Context }) => {
    if (context.orgId === undefined || context.kind !== 'service')
      throw new AppError('forbidden', 'Only a service asks for a key here.');
    const key = wrapped.get(context.orgId) ?? keyring.newDataKey(context.orgId);
    wrapped.set(context.orgId, key);
    return { version: 1, wrappedKey: Buffer.from(key, 'utf8') };
  };
  return { keyring, directory: { getOrganizationKey } };
}

/** The wire as in production: a signer for the asking side, a verifier for ours. */
function signing() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const kinds = ['session', 'api_token', 'external_app', 'service', 'platform'] as const;
  return {
    audience: 'model-catalog',
    signer: createContextSigner({ issuer: 'auth-gateway', privateKey, keyId: 'test' }),
    verifier: createContextVerifier({
      audience: 'model-catalog',
      issuers: [{ issuer: 'auth-gateway', keyId: 'test', publicKey, kinds }],
    }),
  };
}

const migrations = (engine: Engine) => readMigrations(new URL(`../migrations/${engine}/`, import.meta.url));

async function openOnPostgres(t: TestContext): Promise<Database<Db>> {
  const { url, platformUrl } = await testDatabase(t, { schema: 'catalog', migrations: await migrations('postgres') });
  return await openPostgres<Db>({ url, platformUrl, schema: 'catalog', prisma: (adapter) => new PostgresClient({ adapter }) });
}

async function openOnSqlite(file: string): Promise<Database<Db>> {
  await migrate(sqliteTarget({ file }), await migrations('sqlite'));
  return await openSqlite<Db>({ file, prisma: (adapter) => new SqliteClient({ adapter }) });
}
