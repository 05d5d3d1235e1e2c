import { type Layer, type Layers, resolveSetting } from '@sangha/config';
import type { Database } from '@sangha/database';
import type { OrgContext } from '@sangha/identity';
import type { Db } from './db.ts';
import { isSecret, organizationKeys, type ProcessLayers, withRows } from './domain/settings.ts';
import type { OrganizationKeys } from './organization-keys.ts';
import { platformRows } from './repository/audit.ts';
import { readSettings, type SettingRow, type SettingsOwner } from './repository/settings.ts';

export interface EffectiveSettings {
  /** What holds for an organisation, as JSON text. Secrets only for the service that uses them. */
  read(context: OrgContext): Promise<Record<string, string>>;
  /** All layers as they stand in the transaction at hand, for lists and changes; secrets stay sealed, as stars. */
  layers(db: Db, owner: SettingsOwner): Promise<Layers>;
}

// Whoever needs no secret holds none: the gateway keeps settings in its cache.
const secretReaders: ReadonlySet<string> = new Set(['download-worker']);

interface EffectiveSettingsDeps {
  database: Database<Db>;
  layers: ProcessLayers;
  keys: OrganizationKeys;
}

export function createEffectiveSettings({ database, layers, keys }: EffectiveSettingsDeps): EffectiveSettings {
  async function readLayers(db: Db, owner: SettingsOwner): Promise<Layers> {
    const { own, platform } = await readSettings(db, owner);
    return withRows(layers, { organization: owner === platformRows ? {} : layerOf(own), platform: layerOf(platform) });
  }

  async function openLayers(db: Db, { orgId }: OrgContext): Promise<Layers> {
    const { own, platform } = await readSettings(db, orgId);
    const sealed = own.filter(({ key }) => isSecret(key));
    const opened = sealed.length === 0 ? [] : await keys.openSettings(db, orgId, sealed);
    const secrets = Object.fromEntries(opened.map(({ key, value }) => [key, value.reveal()]));
    return withRows(layers, { organization: { ...layerOf(own), ...secrets }, platform: layerOf(platform) });
  }

  return {
    layers: readLayers,
    async read(context) {
      const trusted = context.kind === 'service' && secretReaders.has(context.userId);
      const all = await database.withOrg(context, (db) => (trusted ? openLayers(db, context) : readLayers(db, context.orgId)));
      const wanted = organizationKeys.filter((key) => trusted || !isSecret(key));
      const set = wanted.map((key) => [key, resolveSetting(key, all).value] as const).filter(([, value]) => value !== undefined);
      return Object.fromEntries(set.map(([key, value]) => [key, JSON.stringify(value)]));
    },
  };
}

// Written by this service as JSON; `resolveSetting` says so when a row no longer fits its definition.
const layerOf = (rows: readonly SettingRow[]): Layer =>
  Object.fromEntries(rows.map(({ key, value }) => [key, isSecret(key) ? '********' : (JSON.parse(value) as unknown)]));
