import { AppError } from '@sangha/errors';

// Control and bidirectional-override characters have no place in a name that others will read in a list or a log.
const unprintable = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

/**
 * A human's text: trimmed, `min`..`max` characters (UTF-16 units), printable.
 * @throws AppError missing_field, invalid_value
 */
export function parseText(text: string, param: string, min: number, max: number): string {
  const trimmed = text.trim();
  if (trimmed === '' && min > 0)
    throw new AppError('missing_field', `${param} is missing. Send 1 to ${max} characters.`, { param });
  if (trimmed.length < min || trimmed.length > max || unprintable.test(trimmed)) {
    throw new AppError('invalid_value', `${param} needs ${min} to ${max} printable characters.`, { param });
  }
  return trimmed;
}

/** An e-mail address as far as it matters here (it is shown, never used as a key), or null when empty. */
export function parseEmail(text: string): string | null {
  const email = text.trim();
  if (email === '') return null;
  if (email.length > 254 || !/^[^\s@]+@[^\s@]+$/.test(email) || unprintable.test(email)) {
    throw new AppError('invalid_value', 'email is not an e-mail address. Send one like name@example.org, or none.', {
      param: 'email',
    });
  }
  return email;
}
