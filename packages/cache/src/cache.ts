import type { OrgId } from '@sangha/identity';

/** What one organisation has under a name. Two organisations never meet under one key. */
export interface OrgKey {
  readonly orgId: OrgId;
  readonly key: string;
}

/** For look-ups before the organisation is known: the hash of a token, a host name. Made by `platformKey` only. */
export interface PlatformKey {
  readonly orgId?: undefined;
  readonly platformKey: string;
}
export const platformKey = (key: string): PlatformKey => ({ platformKey: key });

export type CacheKey = OrgKey | PlatformKey;

/**
 * Answers of another service or the database, kept for a bounded time in bounded number.
 *
 * `get` is what this process holds, at once; only `load` may wait. An implementation over a shared store keeps a part of it
 * in the process and passes invalidations on in the background; losing one costs at most the TTL.
 * What must not go in: anything whose staleness of a TTL would be wrong even without an invalidation.
 */
export interface Cache<V extends {}> {
  get(key: CacheKey): V | undefined;
  set(key: CacheKey, value: V): void;
  /**
   * What is held, or what `loader` brings. Loads of one key that overlap are one. Undefined (there is no such thing) is kept
   * briefly and apart, so that guesses push nothing real out. An error reaches all who wait and is not kept.
   */
  load(key: CacheKey, loader: () => Promise<V | undefined>): Promise<V | undefined>;
  /** Forgets a key. A load that began before does not bring it back. */
  invalidate(key: CacheKey): void;
  /** Forgets all of an organisation, and under platform keys what belongs to it. Loads that began before bring nothing back. */
  invalidateOrg(orgId: OrgId): void;
  /** Values held, expired ones included. */
  readonly size: number;
}
