import type { z } from 'zod';
import type { Field } from './fields.ts';

/** Where a value can come from, the strongest first. A value set above pins the ones below. */
export const sources = ['system', 'command_line', 'environment', 'organization', 'file', 'default'] as const;
export type Source = (typeof sources)[number];

export interface SettingDefinition<T = unknown> extends Field<T> {
  default: T | undefined;
  description: string;
  /** `process`: the operator's, read at start. `organization`: its admin may change it while we run. */
  scope: 'process' | 'organization';
  /** Never shown: not in problems, not in lists. */
  secret?: true;
  /** Refuse to start without it. */
  required?: true;
}
export type Definition = Readonly<Record<string, SettingDefinition>>;

export type ValueOf<D extends SettingDefinition> =
  | z.output<D['schema']>
  | (D extends { required: true } ? never : D['default'] extends undefined ? undefined : never);

/** The same setting, without which the process refuses to start. */
export const required = <D extends SettingDefinition>(definition: D): D & { required: true } => ({
  ...definition,
  required: true,
});

/** What one layer says, as it was found there: text, or a value from YAML or JSON. */
export type Layer = Readonly<Record<string, unknown>>;

export interface Layers {
  /** What can't be otherwise in this process (a test, a packaged image). */
  system?: Layer;
  commandLine?: Layer;
  environment?: Layer;
  organization?: Layer;
  /** `settings.yaml`; in a cluster also the platform's rows, over the file. */
  file?: Layer;
}

export interface Found {
  raw: unknown;
  source: Exclude<Source, 'default'>;
}

/** The strongest layer that says something. Empty text and null say nothing: templates leave `BODHI_X=` behind. */
export function findRaw(key: string, layers: Layers): Found | undefined {
  for (const [source, layer] of inOrder(layers)) {
    const raw = layer !== undefined && Object.hasOwn(layer, key) ? layer[key] : undefined;
    if (raw !== undefined && raw !== null && raw !== '') return { raw, source };
  }
  return undefined;
}

export const inOrder = (layers: Layers): readonly (readonly [Exclude<Source, 'default'>, Layer | undefined])[] => [
  ['system', layers.system],
  ['command_line', layers.commandLine],
  ['environment', layers.environment],
  ['organization', layers.organization],
  ['file', layers.file],
];

/** `--public-host` for `BODHI_PUBLIC_HOST`. */
export const flagOf = (key: string): string =>
  `--${key
    .replace(/^BODHI_/, '')
    .toLowerCase()
    .replaceAll('_', '-')}`;

/** The value, or undefined when it is not what the definition expects. */
export function parseRaw(definition: SettingDefinition, raw: unknown): { value: unknown } | undefined {
  const parsed = definition.schema.safeParse(typeof raw === 'string' ? definition.fromText(raw) : raw);
  return parsed.success ? { value: freeze(parsed.data) } : undefined;
}

/** Lists are the only values with an inside. */
export const freeze = (value: unknown): unknown => (Array.isArray(value) ? Object.freeze(value) : value);
