import { AppError } from '@sangha/errors';

const shape = /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/;

/** @throws AppError missing_field, invalid_value */
export function parseAliasName(text: string, param = 'alias'): string {
  if (text === '') throw new AppError('missing_field', `${param} is missing. Send 1 to 128 characters.`, { param });
  if (!shape.test(text)) {
    throw new AppError(
      'invalid_value',
      `${param} starts with a letter or digit and has at most 128 letters, digits and . _ : / @ -`,
      { param },
    );
  }
  return text;
}
