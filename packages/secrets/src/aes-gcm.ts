import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

// AES-256-GCM as in NIST SP 800-38D: a random 96-bit nonce per message (good for 2^32 messages per key) and the full 128-bit tag.
const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** nonce, ciphertext and tag as one base64url text. `place` is authenticated, not stored: the same one is needed to decrypt. */
export function encrypt(key: KeyObject, place: readonly (string | number)[], plaintext: Uint8Array): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(encodePlace(place));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** Throws when key, place or text is not exactly the one of `encrypt`. */
export function decrypt(key: KeyObject, place: readonly (string | number)[], text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < nonceBytes + tagBytes) throw new Error('The ciphertext is cut off.');
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(encodePlace(place)).setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}

// JSON, for a plain join would let ("a|b", "c") pass as ("a", "b|c").
const encodePlace = (place: readonly (string | number)[]) => Buffer.from(JSON.stringify(place));
