import { randomInt } from 'node:crypto';
import { AppError } from '@sangha/errors';
import { ulid } from 'ulid';

declare const orgIdBrand: unique symbol;

/** The id of an organisation: an upper-case ULID, safe inside bus subjects, cache keys, SQL and file names. */
export type OrgId = string & { readonly [orgIdBrand]: true };

// The first character stays below 8: 26 characters of 5 bits hold 130, a ULID has 128.
const canonicalUlid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Whether a text is a ULID in its one canonical spelling (26 characters, upper case). */
export const isUlid = (text: string): boolean => text.length === 26 && canonicalUlid.test(text);

/** The text as an organisation id. Throws `invalid_value` for anything but an upper-case ULID; never repairs. */
export function parseOrgId(text: string): OrgId {
  if (typeof text !== 'string' || !isUlid(text)) {
    throw new AppError('invalid_value', 'An organisation id is a ULID: 26 upper-case letters and digits.', { param: 'org_id' });
  }
  return text as OrgId;
}

/** A new ULID; its first ten characters are the clock's milliseconds, so ids sort by age. */
export const newUlid = (clock: () => number = Date.now): string => ulid(clock(), randomFraction);

// The library's own source asks the operating system once per character (28 µs per id); randomInt reads ahead (3 µs).
const randomFraction = (): number => randomInt(32) / 32;
