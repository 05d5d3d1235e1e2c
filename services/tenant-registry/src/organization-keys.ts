import type { OrgId } from '@sangha/identity';
import { type Keyring, type OrgKey, open, type Place, type Secret, seal } from '@sangha/secrets';
import type { Db } from './db.ts';
import type { SettingRow } from './repository/settings.ts';

/** The data keys of the organisations, and what this service seals with them: secret settings. */
export interface OrganizationKeys {
  /** A new data key, wrapped by the platform's. */
  make(orgId: OrgId): { wrapped: string; version: number };
  sealSetting(db: Db, orgId: OrgId, key: string, text: Secret): Promise<string>;
  /** Throws `internal` for a value that was sealed for another organisation, setting or key. */
  openSettings(db: Db, orgId: OrgId, rows: readonly SettingRow[]): Promise<{ key: string; value: Secret }[]>;
}

export function createOrganizationKeys(keyring: Keyring): OrganizationKeys {
  async function keyOf(db: Db, orgId: OrgId): Promise<OrgKey> {
    const { wrappedKey } = await db.organisation.findUniqueOrThrow({ where: { id: orgId }, select: { wrappedKey: true } });
    return keyring.unwrap(orgId, wrappedKey);
  }

  return {
    make: (orgId) => ({ wrapped: keyring.newDataKey(orgId), version: 1 }),
    sealSetting: async (db, orgId, key, text) => seal(await keyOf(db, orgId), placeOf(key), text),
    async openSettings(db, orgId, rows) {
      const orgKey = await keyOf(db, orgId);
      return rows.map(({ key, value }) => ({ key, value: open(orgKey, placeOf(key), value) }));
    },
  };
}

const placeOf = (key: string): Place => ({ table: 'settings', column: 'value', rowId: key });
