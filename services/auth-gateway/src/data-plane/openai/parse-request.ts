import { AppError } from '@sangha/errors';
import type { z } from 'zod';

/** A value by its schema; the first thing wrong with it becomes a 400 that names the field as the caller wrote it (`messages[2].content`). */
export function parseRequest<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = pathText(issue?.path ?? []);
  const isMissing = issue?.code === 'invalid_type' && at(value, issue.path) === undefined;
  const where = param === '' ? 'The body' : param;
  if (isMissing) throw new AppError('missing_field', `${where} is missing.`, { param });
  throw new AppError('invalid_value', `${where}: ${issue?.message ?? 'not understood'}.`, param === '' ? {} : { param });
}

const pathText = (path: readonly PropertyKey[]): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`)).join('');

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (inner === null || inner === undefined ? undefined : (inner as Record<PropertyKey, unknown>)[key]),
    value,
  );
