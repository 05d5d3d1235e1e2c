import type { OrgId } from '@sangha/identity';
import type { Directory } from '@sangha/protos';
import type { Client } from '@sangha/rpc';
import { type Keyring, type OrgKey, open, type Place, type Secret, seal } from '@sangha/secrets';
import { originOf } from './domain/base-url.ts';
import { serviceContext } from './service-context.ts';

/** A remote model, as far as its key is bound to it: the same row, the same server. */
interface KeyOwner {
  id: string;
  baseUrl: string;
}

/** Keys for remote models, sealed with the data key of their organisation. Never called inside a transaction: it may ask the registry. */
export interface ApiKeys {
  seal(orgId: OrgId, owner: KeyOwner, key: Secret): Promise<string>;
  /** Throws `internal` for a text that was sealed for another organisation, row or server. */
  open(orgId: OrgId, owner: KeyOwner, sealed: string): Promise<Secret>;
}

export interface ApiKeysDeps {
  directory: Pick<Client<typeof Directory>, 'getOrganizationKey'>;
  keyring: Keyring;
}

export function createApiKeys({ directory, keyring }: ApiKeysDeps): ApiKeys {
  async function keyOf(orgId: OrgId): Promise<OrgKey> {
    const { wrappedKey } = await directory.getOrganizationKey({}, { context: serviceContext(orgId) });
    return keyring.unwrap(orgId, Buffer.from(wrappedKey).toString('utf8'));
  }

  return {
    seal: async (orgId, owner, key) => seal(await keyOf(orgId), placeOf(owner), key),
    open: async (orgId, owner, sealed) => open(await keyOf(orgId), placeOf(owner), sealed),
  };
}

// The origin is part of the place: whatever moves a row to another server leaves its key behind.
const placeOf = ({ id, baseUrl }: KeyOwner): Place => ({
  table: 'api_model_aliases',
  column: 'encrypted_api_key',
  rowId: `${id} ${originOf(baseUrl)}`,
});
