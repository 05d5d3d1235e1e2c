import { AppError } from '@sangha/errors';

/** A JSON schema that is an object. */
export type Schema = Record<string, unknown>;

export const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a local reference (`#/$defs/node`) leads to; undefined when nothing is there or it leads out of the document. */
export function resolvePointer(root: unknown, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined;
  let value = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Schema)[key];
  }
  return value;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Refused at a place (a JSON pointer, which is also `param`). */
export const schemaRefused = (pointer: string, problem: string): AppError =>
  new AppError(
    'schema_unsupported',
    `The JSON schema ${problem} at ${pointer}. The engine can't hold an answer to that and doesn't ignore it: change the schema.`,
    { param: pointer },
  );
