import { AppError } from '@sangha/errors';
import { type AddressPolicy, originOf, parseBaseUrl } from './base-url.ts';
import { parseExtraHeaders } from './extra-headers.ts';
import { parseJsonObject } from './json-object.ts';

export type Visibility = 'private' | 'org';

/** A remote model as it is stored, without its key. */
export interface RemoteModelFields {
  name: string;
  apiFormat: string;
  baseUrl: string;
  models: readonly string[];
  prefix: string;
  forwardAllWithPrefix: boolean;
  visibility: Visibility;
  extraHeaders: Record<string, string>;
  extraBody: string;
}

/** What happens to the key: stays, is replaced, or is taken out (set to nothing). */
export type KeyChange = { action: 'keep' } | { action: 'set'; value: string };

interface Input {
  name: string;
  apiFormat: string;
  baseUrl: string;
  models: readonly string[];
  prefix: string;
  forwardAllWithPrefix: boolean;
  visibility: string;
  extraHeaders: Readonly<Record<string, string>>;
  extraBody: string;
}

const formats: ReadonlySet<string> = new Set(['openai', 'openai_responses', 'anthropic', 'gemini']);
const modelId = /^[\x21-\x7e]{1,200}$/;
const prefixShape = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,62}$/;

/** @throws AppError invalid_value, address_refused, missing_field */
export function parseRemoteModel(input: Input, policy: AddressPolicy): RemoteModelFields {
  const name = input.name.trim();
  if (name === '' || name.length > 100 || /\p{Cc}/u.test(name)) throw invalid('name', 'needs 1 to 100 printable characters');
  if (!formats.has(input.apiFormat)) throw invalid('api_format', `is one of ${[...formats].join(', ')}`);
  const models = parseModels(input.models);
  if (input.prefix !== '' && !prefixShape.test(input.prefix)) {
    throw invalid('prefix', 'starts with a letter or digit and has at most 63 letters, digits and . _ : / -');
  }
  if (input.forwardAllWithPrefix && input.prefix === '') throw invalid('prefix', 'is needed to forward all models');
  if (!input.forwardAllWithPrefix && models.length === 0)
    throw invalid('models', 'is empty. Name the models, or forward all with a prefix');
  return {
    name,
    apiFormat: input.apiFormat,
    baseUrl: parseBaseUrl(input.baseUrl, policy),
    models,
    prefix: input.prefix,
    forwardAllWithPrefix: input.forwardAllWithPrefix,
    visibility: parseVisibility(input.visibility),
    extraHeaders: parseExtraHeaders(input.extraHeaders),
    extraBody: JSON.stringify(parseExtraBody(input.extraBody)),
  };
}

/** Empty means private. */
export function parseVisibility(text: string): Visibility {
  if (text === '' || text === 'private') return 'private';
  if (text === 'org') return 'org';
  throw invalid('visibility', 'is private or org');
}

/**
 * @param stored the row before the change, if there is one
 * @throws AppError key_origin_changed when a kept key would go to another origin than the one it was entered for
 */
export function parseKeyChange(
  input: { keyAction: string; keyValue: string },
  baseUrl: string,
  stored?: { baseUrl: string; hasKey: boolean },
): KeyChange {
  if (input.keyAction === 'set') {
    if (input.keyValue.length > 4096 || !/^[\x21-\x7e]*$/.test(input.keyValue))
      throw invalid('key_value', 'needs at most 4096 printable characters without spaces');
    return { action: 'set', value: input.keyValue };
  }
  if (input.keyAction !== 'keep' && input.keyAction !== '') throw invalid('key_action', 'is keep or set');
  if (stored?.hasKey && originOf(stored.baseUrl) !== originOf(baseUrl)) {
    throw new AppError(
      'key_origin_changed',
      'The key was entered for another server. Set the key again together with the new base_url.',
      { param: 'key_action' },
    );
  }
  return { action: 'keep' };
}

function parseModels(given: readonly string[]): string[] {
  if (given.length > 500) throw invalid('models', 'has more than 500 entries');
  const models = [...new Set(given)];
  if (!models.every((id) => modelId.test(id)))
    throw invalid('models', 'has an entry that is not 1 to 200 printable characters without spaces');
  return models;
}

// What is authorised and metered must be what is sent.
const reservedFields = ['model', 'messages', 'input', 'prompt', 'contents', 'stream', 'stream_options', 'n'];

function parseExtraBody(text: string) {
  const body = parseJsonObject(text, 'extra_body', 16_384);
  const field = reservedFields.find((name) => Object.hasOwn(body, name));
  if (field !== undefined)
    throw new AppError('invalid_value', `extra_body.${field} belongs to the request itself.`, { param: `extra_body.${field}` });
  return body;
}

const invalid = (param: string, problem: string): AppError => new AppError('invalid_value', `${param} ${problem}.`, { param });
