import type { BlobStore } from '@sangha/blob-store';
import type { Database } from '@sangha/database';
import type { GgufMetadata } from '@sangha/gguf';
import type { Consumer, Messaging } from '@sangha/messaging';
import type { Directory } from '@sangha/protos';
import type { Client, Implementation } from '@sangha/rpc';
import type { Keyring } from '@sangha/secrets';
import { counter, type Logger, type Registry } from '@sangha/telemetry';
import { createApiKeys } from './api-keys.ts';
import { createChange } from './changes.ts';
import { consumeDownloads } from './consume.ts';
import type { Db } from './db.ts';
import { type AddressRules, addressPolicy } from './domain/base-url.ts';
import { createRegisterFile } from './register-file.ts';
import { aliasesRpc } from './rpc/aliases.ts';
import { modelsRpc } from './rpc/models.ts';
import { remoteModelsRpc } from './rpc/remote-models.ts';
import { resolverRpc } from './rpc/resolver.ts';

export type { Db } from './db.ts';
export type { AddressRules } from './domain/base-url.ts';

export interface ModelCatalogDeps {
  /** Migrated to this service's newest file; the caller closes it after the service. */
  database: Database<Db>;
  messaging: Messaging;
  blobs: Pick<BlobStore, 'locate'>;
  /** Reads a model file's header and refuses what native code must not see (`preflight` of @sangha/gguf). */
  readModel: (path: string) => Promise<GgufMetadata>;
  /** Where the organisations' wrapped keys are. */
  directory: Pick<Client<typeof Directory>, 'getOrganizationKey'>;
  keyring: Keyring;
  /** Where remote models may live besides public https servers. Default: nowhere. */
  addresses?: AddressRules;
  /** Milliseconds since 1970. */
  clock: () => number;
  log: Logger;
  metrics: Registry;
}

export interface ModelCatalog {
  services: Implementation[];
  /** Begins to register finished downloads. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** What an organisation can call: aliases, remote models and files. */
export function createModelCatalog(deps: ModelCatalogDeps): ModelCatalog {
  const { database, messaging, blobs, readModel, directory, keyring, clock, log, metrics } = deps;
  const { addresses = { allowedHosts: [], allowLoopback: false } } = deps;
  const change = createChange({ database, messaging, clock });
  const registerFile = createRegisterFile({ database, change, clock, blobs, readModel });
  const apiKeys = createApiKeys({ directory, keyring });
  const registered = counter(metrics, {
    name: 'sangha_files_registered_total',
    help: 'Finished downloads taken from the bus, by how their registration ended.',
    labels: { outcome: ['registered', 'failed'] },
  });
  let consumer: Consumer | undefined;

  return {
    services: [
      resolverRpc({ database, apiKeys }),
      aliasesRpc({ database, change }),
      remoteModelsRpc({ database, change, apiKeys, addresses: addressPolicy(addresses) }),
      modelsRpc({ database, registerFile }),
    ],
    async start() {
      consumer ??= consumeDownloads({ messaging, registerFile, log, countFile: (outcome) => registered.inc({ outcome }) });
    },
    async close() {
      await consumer?.close();
    },
  };
}
