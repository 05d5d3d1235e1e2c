import { AppError } from '@sangha/errors';

export type JsonObject = Record<string, unknown>;

/**
 * A JSON object from text; empty text is the empty object.
 * @param limit most UTF-8 bytes
 * @throws AppError invalid_json, invalid_value
 */
export function parseJsonObject(text: string, param: string, limit: number): JsonObject {
  if (Buffer.byteLength(text) > limit) throw new AppError('invalid_value', `${param} is larger than ${limit} bytes.`, { param });
  if (text === '') return {};
  const value = parse(text, param);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid_value', `${param} is not a JSON object.`, { param });
  }
  return value as JsonObject;
}

function parse(text: string, param: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_json', `${param} is not JSON.`, { param, cause });
  }
}
