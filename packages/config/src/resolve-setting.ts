import { AppError } from '@sangha/errors';
import { findRaw, type Layers, parseRaw, type Source } from './definition.ts';
import { wrongValue } from './read-config.ts';
import { definitionOf, isSettingKey, type SettingKey, type SettingValue } from './settings.ts';

export interface ResolvedSetting<K extends SettingKey = SettingKey> {
  key: K;
  value: SettingValue<K>;
  default: SettingValue<K>;
  source: Source;
  /** An organisation's admin may change it: it is the organisation's, and nothing above pins it. */
  editable: boolean;
  /** What was found and could not be used, as a sentence; the value is then the default. */
  problem?: string;
}

/** One setting as it holds for an organisation. `value` is the truth, secrets included: see `maskSetting`. */
export function resolveSetting<K extends SettingKey>(key: K, layers: Layers): ResolvedSetting<K> {
  const definition = definitionOf(key);
  // A process setting has no organisation: a row left over from another version must not move it.
  const found = findRaw(key, definition.scope === 'organization' ? layers : withoutOrganization(layers));
  const parsed = found && parseRaw(definition, found.raw);
  return {
    key,
    value: (parsed ? parsed.value : definition.default) as SettingValue<K>,
    default: definition.default as SettingValue<K>,
    source: parsed && found ? found.source : 'default',
    editable: definition.scope === 'organization' && !pins.has(found?.source ?? 'default'),
    ...(found && !parsed ? { problem: wrongValue(key, definition, found).text } : {}),
  };
}

const pins = new Set<Source>(['system', 'command_line', 'environment']);

const withoutOrganization = ({ organization: _, ...others }: Layers): Layers => others;

/** The value as it may be shown: a secret that is set is stars, one that is not is undefined. */
export const maskSetting = <K extends SettingKey>({ key, value }: ResolvedSetting<K>): SettingValue<K> | '********' =>
  definitionOf(key).secret && value !== undefined ? '********' : value;

/**
 * A value that someone wants to store, in its own type (JSON; a number is not text).
 * @throws AppError not_found for a key that does not exist, invalid_value for a wrong type or range
 */
export function parseSetting(key: string, value: unknown): unknown {
  if (!isSettingKey(key)) throw new AppError('not_found', 'There is no such setting. The list of settings names them all.');
  const definition = definitionOf(key);
  const parsed = definition.schema.safeParse(value);
  if (!parsed.success) {
    throw new AppError('invalid_value', `${key} must be ${definition.expected}. Example: ${definition.example}`, { param: key });
  }
  return parsed.data;
}
