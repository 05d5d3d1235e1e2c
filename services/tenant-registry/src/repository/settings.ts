import type { OrgId } from '@sangha/identity';
import type { Db } from '../db.ts';
import { platformRows } from './audit.ts';

export type SettingRow = Awaited<ReturnType<Db['setting']['findUniqueOrThrow']>>;
export type SettingsOwner = OrgId | typeof platformRows;

/** Settings that apply to an owner: its own rows and those of the platform. */
export async function readSettings(db: Db, owner: SettingsOwner): Promise<{ own: SettingRow[]; platform: SettingRow[] }> {
  const rows = await db.setting.findMany({ where: { orgId: { in: [owner, platformRows] } } });
  const platform = rows.filter((row) => row.orgId === platformRows);
  return { own: owner === platformRows ? platform : rows.filter((row) => row.orgId === owner), platform };
}

export async function putSetting(
  db: Db,
  owner: SettingsOwner,
  key: string,
  value: string,
  updatedBy: string,
  now: Date,
): Promise<void> {
  await db.setting.upsert({
    where: { orgId_key: { orgId: owner, key } },
    create: { orgId: owner, key, value, updatedBy, createdAt: now, updatedAt: now },
    update: { value, updatedBy, updatedAt: now },
  });
}

export async function deleteSetting(db: Db, owner: SettingsOwner, key: string): Promise<void> {
  await db.setting.deleteMany({ where: { orgId: owner, key } });
}
