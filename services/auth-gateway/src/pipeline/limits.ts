import { AppError } from '@sangha/errors';
import type { OrgId } from '@sangha/identity';
import { LRUCache } from 'lru-cache';
import type { OrgSettings } from './settings.ts';

const minuteMs = 60_000;
const mostDebtMinutes = 60;

/** What one organisation may still do in this process. All of it changes in one step of the event loop, so there is no check-then-charge gap. */
export interface OrgLimits {
  /** Takes one request. @throws AppError `rate_limited` with the seconds to wait */
  enter(settings: OrgSettings): void;
  /** Gives back the place that `enter` took; once per `enter`. */
  leave(): void;
  /** Takes tokens before they are used. @throws AppError `rate_limited` */
  reserve(tokens: number, settings: OrgSettings): number;
  /** Corrects a reservation when the true number is known. */
  settle(reserved: number, used: number): void;
}

/** The limits of every organisation. */
export interface Limits {
  of(orgId: OrgId): OrgLimits;
}

/** Limits per organisation, bounded: an organisation that nobody used for long starts anew. */
export function createLimits({ clock, max = 10_000 }: { clock: () => number; max?: number }): Limits {
  const known = new LRUCache<OrgId, OrgLimits>({ max });
  return {
    of(orgId) {
      const held = known.get(orgId);
      if (held !== undefined) return held;
      const made = createOrgLimits(clock);
      known.set(orgId, made);
      return made;
    },
  };
}

/** The limits of one organisation. `clock` in milliseconds that never run backwards. */
export function createOrgLimits(clock: () => number): OrgLimits {
  const requests = createBucket(clock);
  const tokens = createBucket(clock);
  let running = 0;
  return {
    enter({ requestsPerMinute, concurrentRequests }) {
      if (concurrentRequests > 0 && running >= concurrentRequests) {
        throw new AppError(
          'rate_limited',
          `Your organisation already runs ${concurrentRequests} requests at once. Wait for one to end.`,
          {
            retryAfterSecs: 1,
          },
        );
      }
      if (requestsPerMinute > 0) {
        const waitMs = requests.take(1, requestsPerMinute);
        if (waitMs > 0) throw tooMany(`${requestsPerMinute} requests per minute`, waitMs);
      }
      running += 1;
    },
    leave() {
      running -= 1;
    },
    reserve(wanted, { tokensPerMinute }) {
      if (tokensPerMinute === 0) return 0;
      // One request may be larger than a minute's worth; it then needs a full bucket and leaves a debt.
      const reserved = Math.min(wanted, tokensPerMinute);
      const waitMs = tokens.take(reserved, tokensPerMinute);
      if (waitMs > 0) throw tooMany(`${tokensPerMinute} tokens per minute`, waitMs);
      return reserved;
    },
    settle(reserved, used) {
      tokens.give(reserved - used);
    },
  };
}

/** A token bucket that holds a minute's worth and fills evenly. Its size follows the setting as it is now. */
function createBucket(clock: () => number) {
  let level = Number.POSITIVE_INFINITY;
  let filledAtMs = clock();
  return {
    /** 0 when taken, else the milliseconds until it can be. */
    take(amount: number, perMinute: number): number {
      const nowMs = clock();
      // A debt is over in an hour, whatever made it.
      const owed = Math.max(level, -mostDebtMinutes * perMinute);
      level = Math.min(perMinute, owed + ((nowMs - filledAtMs) * perMinute) / minuteMs);
      filledAtMs = nowMs;
      if (level < amount) return ((amount - level) * minuteMs) / perMinute;
      level -= amount;
      return 0;
    },
    give(amount: number): void {
      level += amount;
    },
  };
}

const tooMany = (limit: string, waitMs: number): AppError =>
  new AppError('rate_limited', `Your organisation has used up its ${limit}. Try again later, or ask an administrator for more.`, {
    retryAfterSecs: waitMs / 1000,
  });
