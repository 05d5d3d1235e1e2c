/**
 * The composition root of one machine: the same five services as in a cluster, in one process, on SQLite.
 * What a cluster does otherwise (servers, roles, addresses) is decided here and nowhere else.
 */
import { join } from 'node:path';
import { type AuthGateway, createAuthGateway } from '@sangha/auth-gateway';
import { type BlobStore, createBlobStore } from '@sangha/blob-store';
import { migrate, openSqlite, readMigrations, sqliteTarget } from '@sangha/database';
import { createDownloadWorker, type Db as DownloadsDb } from '@sangha/download-worker';
import { PrismaClient as DownloadsClient } from '@sangha/download-worker/sqlite';
import { createContextSigner, createContextVerifier, generateContextKeys } from '@sangha/identity';
import { createInferenceRunner } from '@sangha/inference-runner';
import { createLlamaEngines } from '@sangha/inference-runner/llama';
import { openSqliteQueue } from '@sangha/messaging';
import { type Db as CatalogDb, createModelCatalog } from '@sangha/model-catalog';
import { PrismaClient as CatalogClient } from '@sangha/model-catalog/sqlite';
import {
  Aliases,
  Directory,
  Downloads,
  Inference,
  Members,
  Models,
  Organizations,
  RemoteModels,
  Resolver,
  Settings,
  Tokens,
  Usage,
} from '@sangha/protos';
import { type Implementation, local } from '@sangha/rpc';
import { createKeyring } from '@sangha/secrets';
import { createMetrics, type Logger } from '@sangha/telemetry';
import { createTenantRegistry, type Db as RegistryDb } from '@sangha/tenant-registry';
import { PrismaClient as RegistryClient } from '@sangha/tenant-registry/sqlite';
import type { Home } from './home.ts';

export interface NodeOptions {
  home: Home;
  /** As in BODHI_ENCRYPTION_KEY. */
  platformKey: string;
  /** The platform operator's credential for /platform/v1. */
  operatorKey: string;
  /** Settings of the process by layer, as read from the command line, the environment and settings.yaml. */
  layers: SettingLayers;
  values: SettingValues;
  log: Logger;
  clock?: () => number;
  /** Told of each thing that was opened; closed in reverse order. */
  defer: (name: string, close: () => Promise<void> | void) => void;
}

/** The platform inside this process: its HTTP door, and clients of its services for the node's own first steps. */
export interface SanghaNode {
  gateway: AuthGateway;
  clients: ReturnType<typeof clientsOf>;
  blobs: BlobStore;
}

export async function createNode(options: NodeOptions): Promise<SanghaNode> {
  const { home, layers, values, log, clock = Date.now, defer } = options;
  const keyring = createKeyring(options.platformKey);
  const metrics = createMetrics({ service: 'sangha' });
  const blobs = createBlobStore({ root: home.models });

  const messaging = openSqliteQueue({ file: join(home.databases, 'messages.db'), clock, log });
  defer('messages', () => messaging.close());
  const [registryRows, catalogRows, downloadRows] = await Promise.all([
    openRows<RegistryDb>(home, 'tenant-registry', 'registry.db', (adapter) => new RegistryClient({ adapter }), log),
    openRows<CatalogDb>(home, 'model-catalog', 'catalog.db', (adapter) => new CatalogClient({ adapter }), log),
    openRows<DownloadsDb>(home, 'download-worker', 'downloads.db', (adapter) => new DownloadsClient({ adapter }), log),
  ]);
  for (const rows of [registryRows, catalogRows, downloadRows]) defer('database', () => rows.close());

  const contexts = await contextKeys(clock);
  const shared = { messaging, clock, log, metrics };
  const registry = createTenantRegistry({ ...shared, database: registryRows, keyring, layers });
  const directoryFor = (service: string) => local(Directory, contexts.to('tenant-registry', registry.services, service, log));
  const catalog = createModelCatalog({
    ...shared,
    database: catalogRows,
    keyring,
    blobs,
    directory: directoryFor('model-catalog'),
  });
  const worker = createDownloadWorker({
    ...shared,
    database: downloadRows,
    keyring,
    blobs,
    directory: directoryFor('download-worker'),
  });
  const runner = createInferenceRunner({ ...shared, engines: createLlamaEngines({ log }), blobs });
  const services = {
    'tenant-registry': registry,
    'model-catalog': catalog,
    'download-worker': worker,
    'inference-runner': runner,
  };
  const clients = clientsOf((service) => contexts.to(service, services[service].services, 'auth-gateway', log));
  const gateway = createAuthGateway({ ...shared, clients, config: { values, operatorKey: options.operatorKey } });

  for (const [name, service] of Object.entries(services)) {
    await service.start();
    defer(name, () => service.close());
  }
  defer('auth-gateway', () => gateway.close());
  return { gateway, clients, blobs };
}

/** Opens one owner's file, at the newest schema. */
async function openRows<Db>(home: Home, service: string, name: string, prisma: PrismaFactory, log: Logger) {
  const file = join(home.databases, name);
  await migrate(
    sqliteTarget({ file }),
    await readMigrations(new URL(`../../../services/${service}/migrations/sqlite/`, import.meta.url)),
  );
  return openSqlite<Db>({ file, prisma, log });
}

/**
 * Signing keys live in memory: in one process nobody outside has to know them. Each service still signs as itself and
 * accepts only what is addressed to it, so a call that would be refused in a cluster is refused here.
 */
async function contextKeys(clock: () => number) {
  const issuers = ['auth-gateway', 'model-catalog', 'download-worker'] as const;
  const keys = new Map(issuers.map((issuer) => [issuer as string, generateContextKeys()]));
  const trusted = [...keys].map(([issuer, { keyId, publicKey }]) => ({
    issuer,
    keyId,
    publicKey,
    kinds: issuer === 'auth-gateway' ? everyKind : (['service'] as const),
  }));
  const signers = new Map(
    [...keys].map(([issuer, { keyId, privateKey }]) => [issuer, createContextSigner({ issuer, keyId, privateKey, clock })]),
  );
  return {
    /** What `local` needs to call `audience` as `caller`. */
    to(audience: string, services: readonly Implementation[], caller: string, log: Logger) {
      const signer = signers.get(caller);
      if (!signer) throw new Error(`${caller} calls nobody`);
      return {
        services,
        audience,
        signer,
        verifier: createContextVerifier({ audience, issuers: trusted, clock }),
        onError: (err: unknown, method: string, requestId: string) => log.error({ err, method, requestId }, 'a handler failed'),
      };
    },
  };
}

type ServiceName = 'tenant-registry' | 'model-catalog' | 'download-worker' | 'inference-runner';

/** Every service's typed client, as the gateway calls them. */
function clientsOf(to: (service: ServiceName) => Parameters<typeof local>[1]) {
  const [registry, catalog, worker, runner] = (
    ['tenant-registry', 'model-catalog', 'download-worker', 'inference-runner'] as const
  ).map(to) as [LocalTo, LocalTo, LocalTo, LocalTo];
  return {
    directory: local(Directory, registry),
    organizations: local(Organizations, registry),
    members: local(Members, registry),
    tokens: local(Tokens, registry),
    settings: local(Settings, registry),
    usage: local(Usage, registry),
    resolver: local(Resolver, catalog),
    aliases: local(Aliases, catalog),
    remoteModels: local(RemoteModels, catalog),
    models: local(Models, catalog),
    downloads: local(Downloads, worker),
    inference: local(Inference, runner),
  };
}
type LocalTo = Parameters<typeof local>[1];
