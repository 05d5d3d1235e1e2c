/** A model that holds memory, as far as admission must know it. */
export interface Holding {
  readonly bytes: number;
  readonly state: 'loading' | 'ready' | 'unloading';
  /** Requests running or waiting. A model in use is never a victim. */
  readonly inUse: boolean;
  /** Milliseconds since 1970. */
  readonly lastUsedAt: number;
}

export type Admission<H> =
  /** Unload `evict`, wait until `awaitGone` (victims included) have given their memory back, then load. */
  | { kind: 'admitted'; evict: H[]; awaitGone: H[] }
  /** Never fits, not even alone. */
  | { kind: 'too_large'; needBytes: number; budgetBytes: number }
  /** Fits once something in use is idle again. */
  | { kind: 'busy'; needBytes: number; budgetBytes: number; freeableBytes: number };

/**
 * Whether a model of `needBytes` may be loaded, and what must go for it. What is loading and what is in use stays; of the idle
 * ones the least recently used goes first, and no more than needed. What is already being unloaded counts as free soon.
 */
export function admit<H extends Holding>(needBytes: number, budgetBytes: number, holdings: readonly H[]): Admission<H> {
  if (needBytes > budgetBytes) return { kind: 'too_large', needBytes, budgetBytes };

  const free = budgetBytes - sumOf(holdings);
  if (needBytes <= free) return { kind: 'admitted', evict: [], awaitGone: [] };

  const leaving = holdings.filter((holding) => holding.state === 'unloading');
  const idle = holdings
    .filter((holding) => holding.state === 'ready' && !holding.inUse)
    .sort((a, b) => a.lastUsedAt - b.lastUsedAt);

  const evict: H[] = [];
  let freeable = free + sumOf(leaving);
  for (const victim of idle) {
    if (needBytes <= freeable) break;
    evict.push(victim);
    freeable += victim.bytes;
  }
  if (needBytes > freeable) return { kind: 'busy', needBytes, budgetBytes, freeableBytes: Math.max(0, freeable) };
  return { kind: 'admitted', evict, awaitGone: [...leaving, ...evict] };
}

const sumOf = (holdings: readonly Holding[]): number => holdings.reduce((sum, holding) => sum + holding.bytes, 0);
