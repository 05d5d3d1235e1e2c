/**
 * The composition root of one machine: the same five services as in a cluster, in one process, on SQLite.
 * What a cluster does otherwise (servers, roles, addresses) is decided here and nowhere else.
 */
import { join } from 'node:path';
import { type AuthGateway, createAuthGateway, createMetricsServer } from '@sangha/auth-gateway';
import { createBlobStore } from '@sangha/blob-store';
import { expandHome, type Layers } from '@sangha/config';
import { migrate, openSqlite, readMigrations, type SqliteOptions, sqliteTarget } from '@sangha/database';
import { createDownloadWorker, type Db as DownloadsDb, hubSettingsFrom, openHubs } from '@sangha/download-worker';
import { PrismaClient as DownloadsClient } from '@sangha/download-worker/sqlite';
import { preflight } from '@sangha/gguf';
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
import { type LocalOptions, local } from '@sangha/rpc';
import { createKeyring, parsePlatformKeys, Secret } from '@sangha/secrets';
import { createMetrics, type Logger } from '@sangha/telemetry';
import { createTenantRegistry, type Db as RegistryDb } from '@sangha/tenant-registry';
import { PrismaClient as RegistryClient } from '@sangha/tenant-registry/sqlite';
import type { Home } from './home.ts';
import { createLocalCalls } from './local-calls.ts';
import { gatewayConfigOf, type NodeValues, runnerConfigOf } from './node-config.ts';
import { opening } from './opening.ts';

export interface NodeOptions {
  home: Home;
  /** Where the gateway will listen; never 0. */
  port: number;
  /** As in BODHI_ENCRYPTION_KEY. */
  platformKey: string;
  /** The platform operator's credential for /platform/v1. */
  operatorKey: string;
  /** Settings of the process by layer, as read from the command line, the environment and settings.yaml. */
  layers: Omit<Layers, 'organization'>;
  values: NodeValues;
  log: Logger;
  clock?: () => number;
  /** Told of each thing that was opened; closed in reverse order. */
  defer: (name: string, close: () => Promise<void> | void) => void;
}

/** The platform inside this process: its HTTP door, and clients of its services for the node's own first steps. */
export interface SanghaNode {
  gateway: AuthGateway;
  clients: ReturnType<typeof clientsOf>;
}

export async function createNode(options: NodeOptions): Promise<SanghaNode> {
  const { home, layers, values, log, clock = Date.now, defer } = options;
  const keyring = createKeyring({ platformKeys: parsePlatformKeys(new Secret(options.platformKey)) });
  const metrics = createMetrics({ service: 'sangha' });
  const blobs = createBlobStore({ root: home.models });

  const queueFile = join(home.databases, 'messages.db');
  const messaging = await opening(queueFile, () => openSqliteQueue({ file: queueFile, clock, log }));
  defer('messages', () => messaging.close());
  const [registryRows, catalogRows, downloadRows] = await Promise.all([
    openRows<RegistryDb>(home, 'tenant-registry', 'registry.db', (adapter) => new RegistryClient({ adapter }), log),
    openRows<CatalogDb>(home, 'model-catalog', 'catalog.db', (adapter) => new CatalogClient({ adapter }), log),
    openRows<DownloadsDb>(home, 'download-worker', 'downloads.db', (adapter) => new DownloadsClient({ adapter }), log),
  ]);
  for (const rows of [registryRows, catalogRows, downloadRows]) defer('database', () => rows.close());

  const calls = createLocalCalls(clock, log);
  const shared = { messaging, clock, log, metrics };
  const registry = createTenantRegistry({ ...shared, database: registryRows, keyring, layers });
  const directoryFor = (caller: 'model-catalog' | 'download-worker') =>
    local(Directory, calls.to('tenant-registry', registry.services, caller));
  const catalog = createModelCatalog({
    ...shared,
    database: catalogRows,
    keyring,
    blobs,
    readModel: preflight,
    addresses: { allowedHosts: values.BODHI_UPSTREAM_ALLOWED_HOSTS, allowLoopback: false },
    directory: directoryFor('model-catalog'),
  });
  const hubs = openHubs({ endpoint: values.HF_ENDPOINT, trustedHosts: values.BODHI_HUB_ALLOWED_HOSTS });
  defer('hubs', () => hubs.close());
  const worker = createDownloadWorker({
    ...shared,
    database: downloadRows,
    blobs,
    hubs,
    hubSettings: hubSettingsFrom({ directory: directoryFor('download-worker'), operatorToken: values.HF_TOKEN }),
    // One worker on this folder, always of the same name: it goes on at once with what it held when it was killed.
    config: { workerId: 'single-node', hubCacheFolder: expandHome(values.HF_HOME) },
  });
  const runner = createInferenceRunner({
    messaging,
    log,
    metrics,
    blobs,
    engines: createLlamaEngines({ log }),
    config: runnerConfigOf(values),
  });
  const services = {
    'tenant-registry': registry,
    'model-catalog': catalog,
    'download-worker': worker,
    'inference-runner': runner,
  };
  const clients = clientsOf((name) => calls.to(name, services[name].services, 'auth-gateway'));
  const gateway = createAuthGateway({
    ...shared,
    clients,
    config: gatewayConfigOf({ ...values, BODHI_PORT: options.port }, options.operatorKey),
  });
  defer('inference-runner', () => runner.close());
  for (const [name, service] of Object.entries({ registry, catalog, worker })) {
    await service.start();
    defer(name, () => service.close());
  }
  defer('auth-gateway', () => gateway.close());
  if (values.BODHI_METRICS_PORT !== undefined) {
    const metricsServer = createMetricsServer(metrics);
    await metricsServer.listen({ host: values.BODHI_HOST, port: values.BODHI_METRICS_PORT });
    defer('metrics', () => metricsServer.close());
  }
  return { gateway, clients };
}

/** Opens one owner's file, at the newest schema. */
async function openRows<Db>(home: Home, service: string, name: string, prisma: SqliteOptions['prisma'], log: Logger) {
  const file = join(home.databases, name);
  const migrations = await readMigrations(new URL(`../../../services/${service}/migrations/sqlite/`, import.meta.url));
  return opening(file, async () => {
    await migrate(sqliteTarget({ file }), migrations);
    return openSqlite<Db>({ file, prisma, log });
  });
}

type ServiceName = 'tenant-registry' | 'model-catalog' | 'download-worker' | 'inference-runner';

/** Every service's typed client, as the gateway calls them. */
function clientsOf(to: (service: ServiceName) => LocalOptions) {
  const registry = to('tenant-registry');
  const catalog = to('model-catalog');
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
    downloads: local(Downloads, to('download-worker')),
    inference: local(Inference, to('inference-runner')),
  };
}
