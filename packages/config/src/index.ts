export {
  type Definition,
  flagOf,
  type Layer,
  type Layers,
  required,
  type SettingDefinition,
  type Source,
  sources,
  type ValueOf,
} from './definition.ts';
export * as fields from './fields.ts';
export { publicUrl } from './public-url.ts';
export { type Config, ConfigError, type Problem, readConfig } from './read-config.ts';
export { maskSetting, parseSetting, type ResolvedSetting, resolveSetting } from './resolve-setting.ts';
export { definitionOf, isSettingKey, type SettingKey, type Settings, type SettingValue, settings } from './settings.ts';
export { expandHome, readSettingsFile, writeSetting } from './settings-file.ts';
