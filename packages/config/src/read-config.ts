import { AppError } from '@sangha/errors';
import {
  type Definition,
  type Found,
  findRaw,
  flagOf,
  freeze,
  inOrder,
  type Layers,
  parseRaw,
  type SettingDefinition,
  type Source,
  type ValueOf,
} from './definition.ts';
import { nearest } from './nearest.ts';
import { settings } from './settings.ts';

export interface Config<D extends Definition> {
  readonly values: { readonly [K in keyof D]: ValueOf<D[K]> };
  readonly sources: { readonly [K in keyof D]: Source };
  /** Names that nobody reads, with the one that was perhaps meant. For the log. */
  readonly warnings: readonly string[];
}

export interface Problem {
  key: string;
  source: Source | undefined;
  /** One sentence; never the value of a secret. */
  text: string;
}

/** Everything that is wrong with the settings, one line each. */
export class ConfigError extends AppError {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ text }) => `  ${text}`);
    super('invalid_value', `The settings can't be used:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/**
 * The frozen values of a definition, each from its strongest layer, with that layer's name.
 * @throws ConfigError that lists every problem at once: name, source, what is expected, an example.
 */
export function readConfig<const D extends Definition>(definition: D, layers: Omit<Layers, 'organization'>): Config<D> {
  const values: Record<string, unknown> = {};
  const from: Record<string, Source> = {};
  const problems: Problem[] = [];
  for (const [key, setting] of Object.entries(definition)) {
    const found = findRaw(key, layers);
    const parsed = found && parseRaw(setting, found.raw);
    if (found && !parsed) problems.push(wrongValue(key, setting, found));
    if (!found && setting.required && setting.default === undefined) problems.push(missing(key, setting));
    values[key] = parsed ? parsed.value : freeze(setting.default);
    from[key] = found?.source ?? 'default';
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({
    values: Object.freeze(values),
    sources: Object.freeze(from),
    warnings: Object.freeze(unknownKeys(definition, layers)),
  }) as Config<D>;
}

export function wrongValue(key: string, setting: SettingDefinition, { raw, source }: Found): Problem {
  const given = setting.secret ? '' : `, not ${quote(raw)}`;
  return {
    key,
    source,
    text: `${key} (${placeOf(source)}) must be ${setting.expected}${given}. Example: ${exampleOf(key, setting, source)}`,
  };
}

function missing(key: string, setting: SettingDefinition): Problem {
  const text = `${key} is missing: ${setting.description} It must be ${setting.expected}. Example: ${exampleOf(key, setting, 'environment')}`;
  return { key, source: undefined, text };
}

const placeOf = (source: Source): string => ({ command_line: 'command line', file: 'settings.yaml' })[source as string] ?? source;

function exampleOf(key: string, { example }: SettingDefinition, source: Source): string {
  if (source === 'command_line') return `${flagOf(key)} ${example}`;
  return source === 'file' ? `${key}: ${example}` : `${key}=${example}`;
}

function quote(raw: unknown): string {
  const text = JSON.stringify(raw) ?? String(raw);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

// BODHI_TEST_* belongs to the test suite.
const ours = /^BODHI_(?!TEST_)/;

function unknownKeys(definition: Definition, layers: Layers): string[] {
  const known = new Set([...Object.keys(settings), ...Object.keys(definition)]);
  return inOrder(layers).flatMap(([source, layer]) =>
    Object.keys(layer ?? {})
      .filter((key) => !known.has(key) && (source === 'file' || ours.test(key)))
      .map((key) => {
        const meant = nearest(key, known);
        return `${key.slice(0, 60)} (${placeOf(source)}) is not a setting and is ignored${meant ? `; did you mean ${meant}?` : '.'}`;
      }),
  );
}
