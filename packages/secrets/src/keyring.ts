import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { AppError } from '@sangha/errors';
import type { OrgId } from '@sangha/identity';
import { LRUCache } from 'lru-cache';
import { decrypt, encrypt } from './aes-gcm.ts';
import type { PlatformKeys } from './platform-keys.ts';
import { Secret } from './secret.ts';

/** An organisation's data key, unwrapped. Only this package can use it; it prints as nothing. */
export class OrgKey {
  readonly orgId: OrgId;
  /** Counts an organisation's data keys, from 1. */
  readonly version: number;
  readonly #key: KeyObject;

  constructor(orgId: OrgId, version: number, key: KeyObject) {
    this.orgId = orgId;
    this.version = version;
    this.#key = key;
  }

  /** For `seal` and `open`. */
  encrypt(place: Place, plaintext: Uint8Array): string {
    return encrypt(this.#key, this.#bind(place), plaintext);
  }

  decrypt(place: Place, text: string): Buffer {
    return decrypt(this.#key, this.#bind(place), text);
  }

  #bind({ table, column, rowId }: Place) {
    return [this.orgId, table, column, rowId, this.version];
  }
}

/** Where a sealed text belongs. Moved to another row or column it does not open. */
export interface Place {
  table: string;
  column: string;
  rowId: string;
}

export interface Keyring {
  /** A new data key for an organisation, wrapped for its row. `version` is 1 for the first one, then the next number. */
  newDataKey(orgId: OrgId, version?: number): string;
  /** The usable key of a wrapped one (its text, or the text's bytes as they travel between services); kept in memory (bounded), so it may be called for every request. */
  unwrap(orgId: OrgId, wrapped: string | Uint8Array): OrgKey;
  /** Whether the key is wrapped by an older platform key; a job then stores `rewrap` of it. */
  needsRewrap(wrapped: string): boolean;
  /** The same data key under the current platform key. What it sealed stays as it is. */
  rewrap(orgId: OrgId, wrapped: string): string;
}

export interface KeyringOptions {
  platformKeys: PlatformKeys;
  /** Unwrapped keys kept in memory. Default 10,000 (about 1 KB each). */
  cacheSize?: number;
}

/** Envelope encryption: platform keys wrap one data key per organisation, which seals that organisation's secrets. */
export function createKeyring({ platformKeys, cacheSize = 10_000 }: KeyringOptions): Keyring {
  const unwrapped = new LRUCache<string, OrgKey>({ max: cacheSize });
  const [current] = platformKeys;

  function wrap(orgId: OrgId, version: number, dataKey: Uint8Array): string {
    return ['w1', version, current.id, encrypt(current.key, wrapPlace(orgId, version, current.id), dataKey)].join('.');
  }

  function unwrapBytes(orgId: OrgId, wrapped: string): Buffer {
    const { version, keyId, ciphertext } = parseWrapped(wrapped);
    const platformKey = platformKeys.find(({ id }) => id === keyId);
    if (platformKey === undefined)
      throw new Error(
        `A data key is wrapped by the platform key "${keyId}", which is not configured. Add it after the current one and start again.`,
      );
    return orFail('data key', () => decrypt(platformKey.key, wrapPlace(orgId, version, keyId), ciphertext));
  }

  return {
    newDataKey(orgId, version = 1) {
      const dataKey = randomBytes(32);
      try {
        return wrap(orgId, version, dataKey);
      } finally {
        dataKey.fill(0);
      }
    },
    unwrap(orgId, textOrBytes) {
      const wrapped = typeof textOrBytes === 'string' ? textOrBytes : Buffer.from(textOrBytes).toString('utf8');
      const cacheKey = `${orgId} ${wrapped}`;
      const known = unwrapped.get(cacheKey);
      if (known !== undefined) return known;
      const dataKey = unwrapBytes(orgId, wrapped);
      const orgKey = new OrgKey(orgId, parseWrapped(wrapped).version, createSecretKey(dataKey));
      dataKey.fill(0);
      unwrapped.set(cacheKey, orgKey);
      return orgKey;
    },
    needsRewrap: (wrapped) => parseWrapped(wrapped).keyId !== current.id,
    rewrap(orgId, wrapped) {
      const dataKey = unwrapBytes(orgId, wrapped);
      try {
        return wrap(orgId, parseWrapped(wrapped).version, dataKey);
      } finally {
        dataKey.fill(0);
      }
    },
  };
}

/** A secret as text for one column of one row (`s1.<key version>.<base64url>`). Sealing the same twice gives two texts. */
export function seal(orgKey: OrgKey, place: Place, plaintext: Secret): string {
  return `s1.${orgKey.version}.${orgKey.encrypt(place, Buffer.from(plaintext.reveal(), 'utf8'))}`;
}

/** What was sealed. Throws when organisation, key, place or text are not the ones it was sealed with. */
export function open(orgKey: OrgKey, place: Place, sealed: string): Secret {
  const { version, ciphertext } = parseSealed(sealed);
  if (version !== orgKey.version)
    throw new AppError('internal', 'A stored secret could not be read.', {
      cause: new Error(`${place.table}.${place.column} was sealed with data key ${version}, not ${orgKey.version}.`),
    });
  return new Secret(orFail(`${place.table}.${place.column}`, () => orgKey.decrypt(place, ciphertext)).toString('utf8'));
}

/** Which of the organisation's data keys opens a sealed text. */
export const keyVersionOf = (sealed: string): number => parseSealed(sealed).version;

const wrapPlace = (orgId: OrgId, version: number, platformKeyId: string) => [orgId, 'wrapped-key', version, platformKeyId];

function parseWrapped(text: string) {
  const [, version, keyId, ciphertext] = /^w1\.([1-9]\d{0,8})\.([a-z0-9-]+)\.([A-Za-z0-9_-]+)$/.exec(text) ?? [];
  if (version === undefined || keyId === undefined || ciphertext === undefined)
    throw unreadable('data key', new Error('Unknown format.'));
  return { version: Number(version), keyId, ciphertext };
}

function parseSealed(text: string) {
  const [, version, ciphertext] = /^s1\.([1-9]\d{0,8})\.([A-Za-z0-9_-]+)$/.exec(text) ?? [];
  if (version === undefined || ciphertext === undefined) throw unreadable('secret', new Error('Unknown format.'));
  return { version: Number(version), ciphertext };
}

function orFail<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw unreadable(what, cause);
  }
}

const unreadable = (what: string, cause: unknown) =>
  new AppError('internal', 'A stored secret could not be read.', {
    cause: new Error(`A stored ${what} does not decrypt: it was changed, moved, or belongs to another organisation or key.`, {
      cause,
    }),
  });
