import type { OrgId } from '@sangha/identity';
import { LRUCache } from 'lru-cache';
import type { Cache, CacheKey } from './cache.ts';

export interface MemoryCacheOptions<V> {
  /** Most values held; the one unused for longest goes first. */
  max: number;
  ttlMs: number;
  /** How long "there is no such thing" is believed. Default: a second, never longer than `ttlMs`. */
  negativeTtlMs?: number;
  /** Whose a value under a platform key is, so that `invalidateOrg` finds it. */
  orgOf?: (value: V) => OrgId | undefined;
  /** Milliseconds that never run backwards. */
  clock?: () => number;
}

interface Entry<V> {
  value: V;
  expiresAt: number;
  orgId: OrgId | undefined;
}

interface Flight<V> {
  result: Promise<V | undefined>;
  /** Something was invalidated or set meanwhile: the result is for those who wait and is not kept. */
  outdated: boolean;
}

/** A cache in this process. `get` is one look-up. */
export function createMemoryCache<V extends {}>(options: MemoryCacheOptions<V>): Cache<V> {
  const { max, ttlMs, orgOf, clock = () => performance.now() } = options;
  const negativeTtlMs = Math.min(options.negativeTtlMs ?? 1000, ttlMs);
  const byOrg = new Map<OrgId, Set<string>>();
  const entries = new LRUCache<string, Entry<V>>({ max, dispose: ({ orgId }, id) => unlist(byOrg, orgId, id) });
  const absent = new LRUCache<string, number>({ max: Math.max(16, Math.ceil(max / 8)) });
  const flights = new Map<string, Flight<V>>();

  const get = (id: string): V | undefined => {
    const entry = entries.get(id);
    if (entry === undefined) return undefined;
    if (clock() < entry.expiresAt) return entry.value;
    entries.delete(id);
    return undefined;
  };

  const keep = (key: CacheKey, id: string, value: V): void => {
    const orgId = key.orgId ?? orgOf?.(value);
    entries.set(id, { value, expiresAt: clock() + ttlMs, orgId });
    absent.delete(id);
    if (orgId !== undefined) list(byOrg, orgId, id);
  };

  const outdate = (id: string): void => {
    const flight = flights.get(id);
    if (flight === undefined) return;
    flight.outdated = true;
    flights.delete(id);
  };

  const isAbsent = (id: string): boolean => {
    const until = absent.get(id);
    return until !== undefined && clock() < until;
  };

  const fly = (key: CacheKey, id: string, loader: () => Promise<V | undefined>): Promise<V | undefined> => {
    const flight: Flight<V> = { outdated: false, result: land() };
    flights.set(id, flight);
    return flight.result;

    async function land(): Promise<V | undefined> {
      // Not before the flight is listed, even when the loader throws at once.
      await undefined;
      try {
        const value = await loader();
        if (!flight.outdated) {
          if (value === undefined) absent.set(id, clock() + negativeTtlMs);
          else keep(key, id, value);
        }
        return value;
      } finally {
        if (flights.get(id) === flight) flights.delete(id);
      }
    }
  };

  return {
    get: (key) => get(idOf(key)),
    set: (key, value) => {
      const id = idOf(key);
      outdate(id);
      keep(key, id, value);
    },
    load: async (key, loader) => {
      const id = idOf(key);
      const held = get(id);
      if (held !== undefined) return held;
      if (isAbsent(id)) return undefined;
      return flights.get(id)?.result ?? fly(key, id, loader);
    },
    invalidate: (key) => {
      const id = idOf(key);
      outdate(id);
      entries.delete(id);
      absent.delete(id);
    },
    invalidateOrg: (orgId) => {
      for (const id of [...(byOrg.get(orgId) ?? [])]) entries.delete(id);
      // Whose an unfinished load or an absence under a platform key is, nobody knows: it may be this one's.
      const concerned = (id: string) => id.startsWith(platformMark) || id.startsWith(orgId);
      for (const id of [...flights.keys()].filter(concerned)) outdate(id);
      for (const id of [...absent.keys()].filter(concerned)) absent.delete(id);
    },
    get size() {
      return entries.size;
    },
  };
}

// An organisation's id is a ULID and never begins with the mark, so no platform key reads an organisation's entry.
const platformMark = '*';
const idOf = (key: CacheKey): string => (key.orgId === undefined ? platformMark + key.platformKey : `${key.orgId}/${key.key}`);

function list(byOrg: Map<OrgId, Set<string>>, orgId: OrgId, id: string): void {
  const ids = byOrg.get(orgId);
  if (ids) ids.add(id);
  else byOrg.set(orgId, new Set([id]));
}

function unlist(byOrg: Map<OrgId, Set<string>>, orgId: OrgId | undefined, id: string): void {
  const ids = orgId && byOrg.get(orgId);
  if (!ids) return;
  ids.delete(id);
  if (ids.size === 0) byOrg.delete(orgId);
}
