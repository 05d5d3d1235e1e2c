import { createHash, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import type { Secret } from './secret.ts';

export interface PlatformKey {
  /** Written beside everything that the key wraps. */
  id: string;
  key: KeyObject;
}

/** The first one wraps; all unwrap. */
export type PlatformKeys = readonly [current: PlatformKey, ...older: PlatformKey[]];

const leastBytes = 32;

/** The text of a new platform key, for the operator or a fresh single node to keep. */
export const newPlatformKeyText = (): string => randomBytes(leastBytes).toString('base64');

/**
 * Reads BODHI_ENCRYPTION_KEY: one key, or several apart by commas or white space, the current one first. A key is base64,
 * hex or plain text of at least 32 bytes, optionally `id:key`; without an id its fingerprint serves as one, so that
 * rotating means putting the new key in front. Refuses placeholders and keys that can be guessed.
 */
export function parsePlatformKeys(setting: Secret): PlatformKeys {
  const texts = setting
    .reveal()
    .split(/[\s,]+/)
    .filter((text) => text !== '');
  const [current, ...older] = texts.map(parseKey);
  if (current === undefined) throw new Error(`The encryption key is empty. ${advice}`);
  const ids = [current, ...older].map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`Two encryption keys have the id "${twice}". Give each key its own id.`);
  return [current, ...older];
}

const advice = 'Make one with: openssl rand -base64 32';

function parseKey(entry: string): PlatformKey {
  const [, givenId, text = entry] = /^([a-z0-9][a-z0-9-]{0,31}):(.*)$/.exec(entry) ?? [];
  const bytes = decode(text);
  refuseWeak(text, bytes);
  const id = givenId ?? createHash('sha256').update('sangha platform key id').update(bytes).digest('hex').slice(0, 12);
  // HKDF (RFC 5869) makes 32 even bytes of whatever form the operator's key has; it adds no strength to a weak one.
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', bytes, '', 'sangha platform key v1', 32)));
  bytes.fill(0);
  return { id, key };
}

function decode(text: string): Buffer {
  if (/^([0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  const base64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
  return base64 !== undefined && base64.length >= leastBytes ? base64 : Buffer.from(text, 'utf8');
}

function refuseWeak(text: string, bytes: Buffer) {
  if (bytes.length < leastBytes)
    throw new Error(`The encryption key has ${bytes.length} bytes; at least ${leastBytes} are needed. ${advice}`);
  if (
    /change.?me|placeholder|password|passphrase|replace.?(me|this)|your.?(secret|key|encryption)|example|encryption.?key|do.?not.?use|insecure/i.test(
      text,
    )
  )
    throw new Error(`The encryption key is a placeholder. ${advice}`);
  // Judged on the text as well: "abcabc…" is also valid base64 of less regular bytes.
  if ([bytes, Buffer.from(text)].some(isPredictable))
    throw new Error(`The encryption key is too regular to be secret. ${advice}`);
}

/** Few different bytes, a short pattern repeated, or a run like 0123…: 32 random bytes fail with a chance below 2^-60. */
function isPredictable(bytes: Buffer): boolean {
  const distinct = new Set(bytes).size;
  const period =
    bytes.subarray(0, -1).findIndex((_, index) => bytes.subarray(index + 1).equals(bytes.subarray(0, bytes.length - index - 1))) +
    1;
  const steps = [...bytes.subarray(1)].filter((byte, index) => Math.abs(byte - (bytes[index] ?? 0)) <= 1).length;
  return distinct < 10 || (period > 0 && period <= bytes.length / 2) || steps > bytes.length / 2;
}
