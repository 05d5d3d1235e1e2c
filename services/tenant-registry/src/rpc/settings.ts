import { resolveSetting } from '@sangha/config';
import type { Database } from '@sangha/database';
import { type Context, isOrgContext, type OrgContext } from '@sangha/identity';
import { Settings } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import { Secret } from '@sangha/secrets';
import type { Change, Changes } from '../changes.ts';
import type { Db } from '../db.ts';
import { requireManagement, requirePlatform } from '../domain/access.ts';
import { isSecret, organizationKeys, parseChange, settingKeys, settingView } from '../domain/settings.ts';
import type { EffectiveSettings } from '../effective-settings.ts';
import type { OrganizationKeys } from '../organization-keys.ts';
import { platformRows } from '../repository/audit.ts';
import { deleteSetting, putSetting, type SettingsOwner } from '../repository/settings.ts';

export interface SettingsDeps {
  database: Database<Db>;
  changes: Changes;
  settings: EffectiveSettings;
  keys: OrganizationKeys;
}

/**
 * Settings of an organisation for its admins, of the platform for its operator. An admin sees what an organisation may
 * decide; the operator's own settings (addresses, paths) are nobody else's business.
 */
export function settingsRpc({ database, changes, settings, keys }: SettingsDeps): Implementation {
  async function change(context: Context, key: string, json: string | undefined) {
    const org = ownerOf(context);
    const owner = org?.orgId ?? platformRows;
    const work = async (db: Db, record: (change: Change) => void, now: Date) => {
      const layers = await settings.layers(db, owner);
      const parsed = parseChange(key, json, org === undefined ? 'platform' : 'organization', layers);
      await store(db, owner, parsed, org?.userId ?? 'platform', now);
      record({ subject: 'setting', id: parsed.key, what: json === undefined ? 'deleted' : 'put', details: shown(parsed) });
      return settingView(resolveSetting(parsed.key, await settings.layers(db, owner)));
    };
    if (org !== undefined) return await changes.inOrg(org, work);
    return await changes.asPlatform('change a setting of the platform', (db, record, now) =>
      work(db, (done) => record(platformRows, done), now),
    );
  }

  async function store(
    db: Db,
    owner: SettingsOwner,
    { key, value }: ReturnType<typeof parseChange>,
    updatedBy: string,
    now: Date,
  ) {
    if (value === undefined) return await deleteSetting(db, owner, key);
    const stored =
      owner !== platformRows && isSecret(key)
        ? await keys.sealSetting(db, owner, key, new Secret(String(value)))
        : JSON.stringify(value);
    await putSetting(db, owner, key, stored, updatedBy, now);
  }

  return implement(Settings, {
    async listSettings(_request, { context }) {
      const org = ownerOf(context);
      const read = (db: Db) => settings.layers(db, org?.orgId ?? platformRows);
      const layers =
        org === undefined
          ? await database.asPlatform('list the settings of the platform', read)
          : await database.withOrg(org, read);
      const keys = org?.kind === 'session' ? organizationKeys : settingKeys;
      return { settings: keys.map((key) => settingView(resolveSetting(key, layers))) };
    },
    putSetting: (request, { context }) => change(context, request.key, request.value),
    deleteSetting: (request, { context }) => change(context, request.key, undefined),
  });
}

/** The organisation whose settings are meant; undefined = the platform's. */
function ownerOf(context: Context): OrgContext | undefined {
  if (isOrgContext(context)) return requireManagement(context, 'resource_admin');
  requirePlatform(context);
  return undefined;
}

const shown = ({ key, value }: ReturnType<typeof parseChange>): { [field: string]: string } =>
  isSecret(key) || value === undefined ? {} : { value: JSON.stringify(value) };
