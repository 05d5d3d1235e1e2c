import { type Layer, type Layers, type ResolvedSetting, resolveSetting, type SettingKey } from '@sangha/config';
import type { Database } from '@sangha/database';
import type { OrgContext } from '@sangha/identity';
import type { Db } from './db.ts';
import { isSecret, organizationKeys, type ProcessLayers, settingKeys, withRows } from './domain/settings.ts';
import type { OrganizationKeys } from './organization-keys.ts';
import { platformRows } from './repository/audit.ts';
import { readSettings, type SettingRow, type SettingsOwner } from './repository/settings.ts';

/** Every setting with its source, as it holds for one owner. */
export interface EffectiveSettings {
  /** Values as JSON text. Secrets only when a service asks: it uses them, and shows them to nobody. */
  read(context: OrgContext): Promise<Record<string, string>>;
  /** All layers as they stand in the transaction at hand; an organisation's secrets are opened. */
  layers(db: Db, owner: SettingsOwner): Promise<Layers>;
}

export function createEffectiveSettings({
  database,
  layers,
  keys,
}: {
  database: Database<Db>;
  layers: ProcessLayers;
  keys: OrganizationKeys;
}): EffectiveSettings {
  async function readLayers(db: Db, owner: SettingsOwner): Promise<Layers> {
    const { own, platform } = await readSettings(db, owner);
    const organization = owner === platformRows ? {} : await openRows(db, owner, own);
    return withRows(layers, { organization, platform: layerOf(platform) });
  }

  async function openRows(
    db: Db,
    orgId: Exclude<SettingsOwner, typeof platformRows>,
    rows: readonly SettingRow[],
  ): Promise<Layer> {
    const sealed = rows.filter(({ key }) => isSecret(key as SettingKey));
    const opened = sealed.length === 0 ? [] : await keys.openSettings(db, orgId, sealed);
    return { ...layerOf(rows.filter((row) => !sealed.includes(row))), ...Object.fromEntries(opened) };
  }

  return {
    layers: readLayers,
    async read(context) {
      const all = await database.withOrg(context, (db) => readLayers(db, context.orgId));
      const wanted = organizationKeys.filter((key) => context.kind === 'service' || !isSecret(key));
      const set = wanted.map((key) => [key, resolveSetting(key, all).value] as const).filter(([, value]) => value !== undefined);
      return Object.fromEntries(set.map(([key, value]) => [key, JSON.stringify(value)]));
    },
  };
}

export const resolveAll = (layers: Layers, keys: readonly SettingKey[] = settingKeys): ResolvedSetting[] =>
  keys.map((key) => resolveSetting(key, layers));

// Written by this service as JSON; `resolveSetting` says so when a row no longer fits its definition.
const layerOf = (rows: readonly SettingRow[]): Layer =>
  Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value) as unknown]));
