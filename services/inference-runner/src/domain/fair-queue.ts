import type { OrgId } from '@sangha/identity';

/** One request that waits, or that was started and is not settled yet. */
export interface Waiting<T> {
  readonly orgId: OrgId;
  /** Estimated tokens, prompt and answer. */
  readonly cost: number;
  /** Sequences that it needs at once. */
  readonly slots: number;
  readonly value: T;
}

export interface FairQueueOptions {
  /** Requests of one organisation that may wait. */
  perOrg: number;
  /** Requests that may wait altogether. */
  total: number;
  /** Share of an organisation; 2 gets twice the tokens of 1. Default 1 for everyone. */
  weightOf?: (orgId: OrgId) => number;
}

export interface FairQueue<T> {
  readonly size: number;
  /** Estimated tokens that wait; of one organisation when given. */
  waitingCost(orgId?: OrgId): number;
  sizeOf(orgId: OrgId): number;
  /** Organisations that have something waiting. */
  readonly organizations: number;
  /** Puts it at the end of its organisation's line, or says which bound it hit. `unbounded` is for the rest of something already admitted. */
  push(item: Waiting<T>, unbounded?: boolean): 'waiting' | 'organization_full' | 'full';
  /** Starts the request whose turn it is, when `freeSlots` are enough for it. A wide one is waited for, never overtaken. */
  take(freeSlots: number): Waiting<T> | undefined;
  /** A started request is over and cost so many tokens in truth. */
  settle(item: Waiting<T>, tokens: number): void;
  /** Takes one that still waits out of the line. */
  remove(item: Waiting<T>): boolean;
  /** All that wait, in the order in which they'd be started if nothing new came. */
  order(): Waiting<T>[];
}

interface Share<T> {
  readonly orgId: OrgId;
  readonly weight: number;
  /** Tokens it was served, divided by its weight, on the scale of the queue's virtual time. */
  served: number;
  /** Estimates of what it has running, divided by its weight. */
  underway: number;
  running: number;
  waiting: Set<Waiting<T>>;
  waitingCost: number;
  /** When it last had a turn; breaks ties in favour of who waited longer. */
  lastTurn: number;
}

/**
 * A weighted fair queue over organisations. Each organisation has one line; the turn goes to the one that was served the fewest
 * tokens per weight, counting what it has running by its estimate. When a request ends, the estimate is replaced by the truth,
 * so a wrong guess costs nobody. Start-time fair queueing: an organisation that comes back after a pause starts at the virtual
 * time of now, so it neither saves up credit nor owes for capacity that nobody else wanted.
 */
export function createFairQueue<T>({ perOrg, total, weightOf = () => 1 }: FairQueueOptions): FairQueue<T> {
  const shares = new Map<OrgId, Share<T>>();
  let size = 0;
  let turns = 0;
  let virtualTime = 0;

  const backlogged = () => [...shares.values()].filter((share) => share.waiting.size > 0);

  function shareOf(orgId: OrgId): Share<T> {
    const known = shares.get(orgId);
    if (known) return known;
    const share: Share<T> = {
      orgId,
      weight: weightOf(orgId),
      served: 0,
      underway: 0,
      running: 0,
      waiting: new Set(),
      waitingCost: 0,
      lastTurn: 0,
    };
    shares.set(orgId, share);
    return share;
  }

  // Virtual time is the least served of those who want more; it never goes back.
  function advance(): void {
    const wanting = backlogged();
    if (wanting.length > 0) virtualTime = Math.max(virtualTime, Math.min(...wanting.map((share) => share.served)));
  }

  // Who is idle and not ahead of virtual time would start there anyway, so nothing has to be remembered.
  function forget(): void {
    const shareList = [...shares.values()];
    const busy = shareList.some((share) => share.waiting.size > 0 || share.running > 0);
    for (const share of shareList) {
      const idle = share.waiting.size === 0 && share.running === 0;
      if (idle && (!busy || share.served <= virtualTime)) shares.delete(share.orgId);
    }
  }

  return {
    get size() {
      return size;
    },
    get organizations() {
      return backlogged().length;
    },
    sizeOf: (orgId) => shares.get(orgId)?.waiting.size ?? 0,
    waitingCost: (orgId) =>
      orgId === undefined
        ? [...shares.values()].reduce((sum, share) => sum + share.waitingCost, 0)
        : (shares.get(orgId)?.waitingCost ?? 0),

    push(item, unbounded = false) {
      if (!unbounded && size >= total) return 'full';
      if (!unbounded && (shares.get(item.orgId)?.waiting.size ?? 0) >= perOrg) return 'organization_full';
      advance();
      const share = shareOf(item.orgId);
      if (share.waiting.size === 0) share.served = Math.max(share.served, virtualTime);
      share.waiting.add(item);
      share.waitingCost += item.cost;
      size++;
      return 'waiting';
    },

    take(freeSlots) {
      const share = next(backlogged());
      const item = share?.waiting.values().next().value;
      if (!share || !item || item.slots > freeSlots) return undefined;
      advance();
      share.waiting.delete(item);
      share.waitingCost -= item.cost;
      size--;
      share.underway += item.cost / share.weight;
      share.running++;
      share.lastTurn = ++turns;
      return item;
    },

    settle(item, tokens) {
      const share = shares.get(item.orgId);
      if (!share) return;
      share.underway -= item.cost / share.weight;
      share.running--;
      share.served += tokens / share.weight;
      forget();
    },

    remove(item) {
      const share = shares.get(item.orgId);
      if (!share?.waiting.delete(item)) return false;
      share.waitingCost -= item.cost;
      size--;
      forget();
      return true;
    },

    order() {
      const copies = backlogged().map((share) => ({ ...share, line: [...share.waiting], at: 0 }));
      const order: Waiting<T>[] = [];
      let turn = turns;
      for (;;) {
        const share = next(copies.filter((copy) => copy.at < copy.line.length));
        const item = share?.line[share.at];
        if (!share || !item) return order;
        share.at++;
        share.underway += item.cost / share.weight;
        share.running++;
        share.lastTurn = ++turn;
        order.push(item);
      }
    },
  };
}

/** Whose turn it is. Ties go to the one with less running, then to the one whose last turn is longer ago. */
function next<S extends Pick<Share<unknown>, 'served' | 'underway' | 'running' | 'lastTurn'>>(
  shares: readonly S[],
): S | undefined {
  return shares.reduce<S | undefined>((best, share) => (best === undefined || isBefore(share, best) ? share : best), undefined);
}

function isBefore(a: Pick<Share<unknown>, 'served' | 'underway' | 'running' | 'lastTurn'>, b: typeof a): boolean {
  const gap = a.served + a.underway - (b.served + b.underway);
  if (gap !== 0) return gap < 0;
  if (a.running !== b.running) return a.running < b.running;
  return a.lastTurn < b.lastTurn;
}
