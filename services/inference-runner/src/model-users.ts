import type { OrgId } from '@sangha/identity';
import type { Clock } from './clock.ts';

/** An organisation, or the platform. */
export type UserId = OrgId | undefined;

export interface ModelUser {
  /** What it calls the model. */
  modelId: string;
  /** Since when it uses it. Milliseconds since 1970, as all times here. */
  since: number;
  /** How long it wants to keep it after its last request. */
  keepAliveMs: number;
  keepUntil: number;
  running: number;
}

export interface ModelUsers {
  /** It asked for the model; the latest wish for keep-alive counts. */
  asked(id: UserId, wish: { modelId: string; keepAliveMs: number }): void;
  started(id: UserId): void;
  ended(id: UserId): void;
  /** The model is ready: keep-alive counts from now, not from before a long load. */
  loaded(): void;
  /** It wants it no longer. False when it is no user. */
  release(id: UserId): boolean;
  /** As long as it is one: it has work here, or keeps the model alive. */
  find(id: UserId): ModelUser | undefined;
  /** Until when somebody wants to keep the model; 0 = nobody. */
  readonly keepUntil: number;
  readonly latest: ModelUser | undefined;
}

const forgetEveryMs = 60_000;

/** Who uses one model, and until when each wants it kept. One organisation's keep-alive never shortens another's. */
export function createModelUsers(clock: Clock, isWaiting: (id: UserId) => boolean): ModelUsers {
  const users = new Map<UserId, ModelUser>();
  let forgotAt = clock.now();

  const isUser = (id: UserId, user: ModelUser): boolean => user.running > 0 || user.keepUntil > clock.now() || isWaiting(id);

  // A model that never rests would otherwise remember everyone who ever came.
  function forget(): void {
    if (clock.now() - forgotAt < forgetEveryMs) return;
    forgotAt = clock.now();
    for (const [id, user] of users) if (!isUser(id, user)) users.delete(id);
  }

  function find(id: UserId): ModelUser | undefined {
    const user = users.get(id);
    return user && isUser(id, user) ? user : undefined;
  }

  return {
    find,
    asked(id, { modelId, keepAliveMs }) {
      forget();
      const known = find(id);
      const keepUntil = clock.now() + keepAliveMs;
      users.set(id, { modelId, since: known?.since ?? clock.now(), keepAliveMs, keepUntil, running: known?.running ?? 0 });
    },
    started(id) {
      const user = users.get(id);
      if (user) user.running++;
    },
    ended(id) {
      const user = users.get(id);
      if (!user) return;
      user.running--;
      user.keepUntil = clock.now() + user.keepAliveMs;
    },
    loaded() {
      for (const user of users.values()) user.keepUntil = clock.now() + user.keepAliveMs;
    },
    release(id) {
      const user = find(id);
      if (user) user.keepAliveMs = user.keepUntil = 0;
      return user !== undefined;
    },
    get keepUntil() {
      let latest = 0;
      for (const { keepUntil } of users.values()) latest = Math.max(latest, keepUntil);
      return latest;
    },
    get latest() {
      return [...users.values()].at(-1);
    },
  };
}
