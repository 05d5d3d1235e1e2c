import { AppError } from '@sangha/errors';

/** Everything of a kind, or the listed ids. */
export type GrantList = { readonly type: 'all' } | { readonly type: 'specific'; readonly ids: readonly string[] };

/** Grants v1: what a token or an app may use. The field names are those of the wire, so `JSON.stringify` writes what `parseGrants` reads. */
export interface Grants {
  readonly version: '1';
  /** May see the list of models. */
  readonly models_list: boolean;
  readonly models: GrantList;
  /** May see the list of toolsets. */
  readonly toolsets_list: boolean;
  readonly toolsets: GrantList;
}

// Grants travel inside the signed context and so inside gRPC metadata (64 KiB in all).
const maxTextLength = 16_384;
const maxIds = 512;
const maxIdLength = 512;

const none: GrantList = Object.freeze({ type: 'specific', ids: Object.freeze([]) });

/** What a token has that was granted nothing. */
export const noGrants: Grants = Object.freeze({
  version: '1',
  models_list: false,
  models: none,
  toolsets_list: false,
  toolsets: none,
});

/**
 * Grants from their JSON text. Absent fields deny; an unknown field, version, type or an oversized text is refused
 * (`invalid_value`, `param` says where), because a misspelt restriction must not read as no restriction.
 */
export function parseGrants(text: string): Grants {
  if (text.length > maxTextLength) throw malformed('grants', `are longer than ${maxTextLength} characters`);
  const { version, models_list, models, toolsets_list, toolsets } = fieldsOf(parseJson(text), 'grants', Object.keys(noGrants));
  if (version !== '1') throw malformed('grants.version', 'must be "1"');
  return Object.freeze({
    version,
    models_list: flag(models_list, 'grants.models_list'),
    models: list(models, 'grants.models'),
    toolsets_list: flag(toolsets_list, 'grants.toolsets_list'),
    toolsets: list(toolsets, 'grants.toolsets'),
  });
}

/** Whether any of the ids that name a model (its name, its row's id, …) is granted. No grants at all = the role decides. */
export function allowsModel(grants: Grants | undefined, ids: readonly string[]): boolean {
  if (grants === undefined || grants.models.type === 'all') return true;
  const granted = grants.models.ids;
  return ids.some((id) => granted.includes(id));
}

export const allowsModelsList = (grants: Grants | undefined): boolean => grants === undefined || grants.models_list;

function list(value: unknown, path: string): GrantList {
  if (value === undefined) return none;
  const { type, ids } = fieldsOf(value, path, ['type', 'ids']);
  if (type === 'all' && ids === undefined) return Object.freeze({ type });
  if (type !== 'specific') throw malformed(`${path}.type`, 'must be "all" without ids, or "specific" with ids');
  if (!Array.isArray(ids) || ids.length > maxIds || !ids.every(isId)) {
    throw malformed(`${path}.ids`, `must be a list of at most ${maxIds} texts of 1 to ${maxIdLength} characters`);
  }
  return Object.freeze({ type, ids: Object.freeze([...ids]) });
}

function flag(value: unknown, path: string): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw malformed(path, 'must be true or false');
  return value;
}

const isId = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= maxIdLength;

function fieldsOf(value: unknown, path: string, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(path, 'must be a JSON object');
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw malformed(path, `has a field that grants v1 does not know; known are ${known.join(', ')}`);
  return value as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_value', 'grants must be JSON text.', { cause, param: 'grants' });
  }
}

const malformed = (path: string, problem: string) => new AppError('invalid_value', `${path} ${problem}.`, { param: path });
