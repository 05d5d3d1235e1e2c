import {
  definitionOf,
  isSettingKey,
  type Layer,
  type Layers,
  maskSetting,
  parseSetting,
  type ResolvedSetting,
  resolveSetting,
  type SettingKey,
  settings,
} from '@sangha/config';
import { AppError } from '@sangha/errors';

/** What the process was started with; the layer of the organisation is in the database. */
export type ProcessLayers = Omit<Layers, 'organization'>;

export const settingKeys = Object.keys(settings) as SettingKey[];
export const organizationKeys: readonly SettingKey[] = settingKeys.filter((key) => definitionOf(key).scope === 'organization');
/** Also of a key that this version no longer knows: false. */
export const isSecret = (key: string): boolean => isSettingKey(key) && definitionOf(key).secret === true;

/** Rows of the platform stand where settings.yaml stands, over it: they are its part that can change while we run. */
export const withRows = (layers: ProcessLayers, rows: { organization: Layer; platform: Layer }): Layers => ({
  ...layers,
  organization: rows.organization,
  file: { ...layers.file, ...rows.platform },
});

/**
 * A key and value that may be stored for `owner`, with the value as JSON text.
 * @throws AppError not_found, setting_not_editable, invalid_value, invalid_json
 */
export function parseChange(
  key: string,
  json: string | undefined,
  owner: 'organization' | 'platform',
  layers: Layers,
): { key: SettingKey; value: unknown } {
  if (!isSettingKey(key)) throw new AppError('not_found', 'There is no such setting. The list of settings names them all.');
  if (definitionOf(key).scope !== 'organization') {
    throw new AppError('setting_not_editable', `${key} is set where the process is started and can't be changed while it runs.`, {
      param: key,
    });
  }
  if (owner === 'platform' && isSecret(key)) {
    throw new AppError('setting_not_editable', `${key} is an organisation's own secret. Set it in the organisation.`, {
      param: key,
    });
  }
  if (!resolveSetting(key, layers).editable) {
    throw new AppError(
      'setting_not_editable',
      `${key} is pinned by the process's own settings. Ask the operator to take it out there.`,
      { param: key },
    );
  }
  return { key, value: json === undefined ? undefined : parseSetting(key, parseJson(key, json)) };
}

function parseJson(key: string, json: string): unknown {
  if (json.length > 16_384) throw new AppError('invalid_value', `The value of ${key} is too long.`, { param: key });
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new AppError('invalid_json', `The value of ${key} is not JSON.`, { cause, param: key });
  }
}

/** As the list shows it; a secret that is set is stars. */
export function settingView(setting: ResolvedSetting) {
  const { key, source, editable } = setting;
  return {
    key,
    value: toJson(maskSetting(setting)),
    defaultValue: toJson(setting.default),
    source,
    editable,
    type: definitionOf(key).type,
  };
}

const toJson = (value: unknown): string => JSON.stringify(value ?? null);
