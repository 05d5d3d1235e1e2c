import type { Database } from '@sangha/database';
import type { Consumer, Messaging } from '@sangha/messaging';
import type { Implementation } from '@sangha/rpc';
import type { Keyring } from '@sangha/secrets';
import { counter, type Logger, type Registry } from '@sangha/telemetry';
import { createChanges } from './changes.ts';
import { consumeUsage } from './consume.ts';
import type { Db } from './db.ts';
import type { ProcessLayers } from './domain/settings.ts';
import { createEffectiveSettings } from './effective-settings.ts';
import { createLastUsed } from './last-used.ts';
import { createOrganizationKeys } from './organization-keys.ts';
import { directoryRpc } from './rpc/directory.ts';
import { membersRpc } from './rpc/members.ts';
import { organizationsRpc } from './rpc/organizations.ts';
import { settingsRpc } from './rpc/settings.ts';
import { tokensRpc } from './rpc/tokens.ts';
import { usageRpc } from './rpc/usage.ts';
import { createUsageLedger } from './usage-ledger.ts';

export type { Db } from './db.ts';

export interface TenantRegistryDeps {
  /** Migrated to this service's newest file; the caller closes it after the service. */
  database: Database<Db>;
  messaging: Messaging;
  keyring: Keyring;
  /** The settings of the process: command line, environment, settings.yaml. */
  layers: ProcessLayers;
  /** Milliseconds since 1970. */
  clock: () => number;
  log: Logger;
  metrics: Registry;
}

export interface TenantRegistry {
  services: Implementation[];
  /** Begins to consume usage. */
  start(): Promise<void>;
  /** Stops consuming and waits for what is under way. */
  close(): Promise<void>;
}

/** Organisations, members, tokens, settings and usage. */
export function createTenantRegistry({
  database,
  messaging,
  keyring,
  layers,
  clock,
  log,
  metrics,
}: TenantRegistryDeps): TenantRegistry {
  const keys = createOrganizationKeys(keyring);
  const changes = createChanges({ database, messaging, clock });
  const settings = createEffectiveSettings({ database, layers, keys });
  const lastUsed = createLastUsed({ database, clock, log });
  const { countLookup, countEvent } = counters(metrics);
  let consumer: Consumer | undefined;

  return {
    services: [
      directoryRpc({ database, settings, lastUsed, clock, countLookup }),
      organizationsRpc({ database, changes, keys }),
      membersRpc({ database, changes }),
      tokensRpc({ database, changes, clock }),
      settingsRpc({ database, changes, settings, keys }),
      usageRpc({ database }),
    ],
    async start() {
      consumer ??= consumeUsage({ ledger: createUsageLedger({ database }), messaging, log, countEvent });
    },
    async close() {
      await consumer?.close();
      await lastUsed.close();
    },
  };
}

function counters(metrics: Registry) {
  const lookups = counter(metrics, {
    name: 'sangha_token_lookups_total',
    help: 'Look-ups of API tokens in the database, by how they ended.',
    labels: { outcome: ['valid', 'token_invalid', 'token_revoked', 'token_expired'] },
  });
  const usage = counter(metrics, {
    name: 'sangha_usage_events_total',
    help: 'Usage events taken from the bus, by how they ended.',
    labels: { outcome: ['added', 'repeated', 'refused'] },
  });
  return {
    countLookup: (outcome: string) => lookups.inc({ outcome }),
    countEvent: (outcome: string) => usage.inc({ outcome }),
  };
}
