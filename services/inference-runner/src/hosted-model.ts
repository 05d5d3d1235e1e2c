import { AppError, toAppError } from '@sangha/errors';
import type { OrgId } from '@sangha/identity';
import type { Clock } from './clock.ts';
import type { RunnerConfig } from './config.ts';
import type { Holding } from './domain/admission.ts';
import { createFairQueue, type Waiting } from './domain/fair-queue.ts';
import { createPace } from './domain/pace.ts';
import type { Engine } from './engine.ts';
import type { ResolvedSpec } from './engine-spec.ts';

export type News = { queued: { position: number } } | { loading: { fraction: number; ready: boolean } };

export interface TurnRequest {
  orgId: OrgId;
  /** What the organisation calls the model. */
  modelId: string;
  /** Estimated tokens. */
  cost: number;
  /** Sequences it needs at once. */
  slots: number;
  keepAliveMs: number;
  /** Further work of a request that had a turn already; the bounds of the queue don't apply. */
  continued?: boolean;
  signal: AbortSignal;
  onNews(news: News): void;
}

/** The right to use an engine for one request. */
export interface Turn {
  readonly engine: Engine;
  readonly queueMs: number;
  readonly loadMs: number;
  /** Aborts, with an AppError as reason, when the engine is gone or has to go. */
  readonly lost: AbortSignal;
  /** The request is over and cost so many tokens. Must be called; the second call does nothing. */
  end(tokens: number): void;
  /** The engine does not end an aborted request: it is taken down, and everybody on it gets `engine_crashed`. */
  condemn(): void;
}

/** A request on its way to a turn. */
export interface Ticket {
  readonly asked: TurnRequest;
  readonly enteredAt: number;
  grant(turn: Turn): void;
  refuse(error: AppError): void;
  /** Set by the model it waits for. */
  leave(): void;
}

export interface LoadWatcher {
  orgId: OrgId | undefined;
  modelId: string;
  keepAliveMs: number;
  onNews(news: News): void;
  ready(): void;
  refuse(error: AppError): void;
}

export interface HostedModelDeps {
  resolved: ResolvedSpec;
  clock: Clock;
  config: RunnerConfig;
  /** The engine's process went away unasked; `waiting` had no turn yet. */
  onCrash(error: AppError, waiting: Ticket[]): void;
  onLoadFailed(error: AppError): void;
}

interface User {
  modelId: string;
  since: number;
  keepAliveMs: number;
  keepUntil: number;
  running: number;
}

interface Running {
  slots: number;
  orgId: OrgId;
  lost: AbortController;
}

interface Place extends Ticket {
  announcedAt?: number;
  position?: number;
}

const announceEveryMs = 1_000;
const longestRetrySecs = 120;

/** A model in memory, or on its way there: its engine, who waits for it, who uses it, and when it may go. */
export class HostedModel implements Holding {
  readonly resolved: ResolvedSpec;
  /** Resolves when its memory is free. */
  readonly gone: Promise<void>;
  state: 'loading' | 'ready' | 'unloading' = 'loading';
  bytes: number;
  lastUsedAt: number;

  readonly #deps: HostedModelDeps;
  readonly #queue;
  readonly #pace = createPace();
  // `undefined` is the platform.
  readonly #users = new Map<OrgId | undefined, User>();
  readonly #running = new Set<Running>();
  readonly #watchers = new Set<LoadWatcher>();
  readonly #loading = new AbortController();
  readonly #isGone: () => void;
  #engine: Engine | undefined;
  #busySlots = 0;
  #fraction = 0;
  #loadMs = 0;
  #readyAt = 0;
  #measuredAt = 0;
  #forgotAt = 0;
  #cancelTick: (() => void) | undefined;
  #cancelExpiry: (() => void) | undefined;
  #announcing = false;
  #whenIdle: (() => void)[] = [];

  constructor(deps: HostedModelDeps) {
    this.#deps = deps;
    this.resolved = deps.resolved;
    this.bytes = deps.resolved.bytes;
    this.lastUsedAt = deps.clock.now();
    this.#queue = createFairQueue<Place>({ perOrg: deps.config.queuedPerOrg, total: deps.config.queuedPerModel });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    this.#isGone = resolve;
  }

  get inUse(): boolean {
    return this.running > 0 || this.#queue.size > 0 || this.#watchers.size > 0;
  }
  get running(): number {
    return this.#running.size;
  }
  get queued(): number {
    return this.#queue.size;
  }
  /** Threads that compute at this moment. */
  get busyThreads(): number {
    return this.running > 0 ? this.#threads : 0;
  }
  #threads = 0;

  /** Seconds until what waits and runs here is done, as far as can be told. */
  get drainSecs(): number {
    return this.#queue.waitingCost() / this.#pace.tokensPerSec;
  }

  /** Loads through `open`, which gets the signal that says nobody waits any more. Never rejects; those who wait hear of a failure. */
  async load(
    open: (signal: AbortSignal, onProgress: (fraction: number) => void) => Promise<Engine>,
    threads: number,
  ): Promise<void> {
    const { clock } = this.#deps;
    const began = clock.now();
    this.#threads = threads;
    const engine = await open(this.#loading.signal, (fraction) => this.#progress(fraction)).catch((error: unknown) => {
      this.#loadFailed(toAppError(error));
    });
    if (!engine) return;
    if (this.state === 'unloading') {
      await engine.close().catch(() => undefined);
      this.#isGone();
      return;
    }
    this.#engine = engine;
    this.#loadMs = clock.now() - began;
    this.#readyAt = clock.now();
    this.bytes = Math.max(this.bytes, engine.facts.residentBytes);
    this.state = 'ready';
    engine.exited.then(({ reason }) => this.#exited(reason));
    for (const user of this.#users.values()) user.keepUntil = this.#readyAt + user.keepAliveMs;
    for (const watcher of this.#watchers) watcher.ready();
    this.#watchers.clear();
    this.#dispatch();
    this.#announce();
    this.#rest();
  }

  /** Puts a request in the line. It gets its turn, an error, or leaves. */
  enter(ticket: Place): void {
    const { asked } = ticket;
    const item: Waiting<Place> = { orgId: asked.orgId, cost: asked.cost, slots: asked.slots, value: ticket };
    const bound = this.#queue.push(item, asked.continued);
    if (bound !== 'waiting') {
      ticket.refuse(this.#queueFull(bound, asked.orgId));
      return;
    }
    this.#use(asked);
    ticket.leave = () => {
      if (!this.#queue.remove(item)) return;
      ticket.refuse(new AppError('cancelled', 'The request was cancelled.'));
      // A wide request that leaves may have been in the way of others.
      this.#dispatch();
      this.#rest();
    };
    if (this.state === 'loading') asked.onNews({ loading: { fraction: this.#fraction, ready: false } });
    else {
      this.#dispatch();
      this.#announceSoon();
    }
  }

  /** Waits for the load without wanting a turn; the returned function stops waiting. */
  watch(watcher: LoadWatcher): () => void {
    this.#use(watcher);
    if (this.state === 'ready') {
      watcher.ready();
      this.#rest();
      return () => undefined;
    }
    this.#watchers.add(watcher);
    watcher.onNews({ loading: { fraction: this.#fraction, ready: false } });
    return () => {
      if (this.#watchers.delete(watcher)) this.#rest();
    };
  }

  /** Ends the engine; whoever waits or runs is refused with `reason`. Resolves when the memory is free. */
  unload(reason: AppError): Promise<void> {
    if (this.state === 'unloading') return this.gone;
    const wasLoading = this.state === 'loading';
    this.#leave(reason);
    // An open that was aborted settles by itself, and `load` sees that nobody wants the engine.
    if (!wasLoading) this.#engine?.close().then(this.#isGone, this.#isGone);
    return this.gone;
  }

  /** The organisation needs it no longer. True when it used it; it goes when nobody else wants it. */
  release(orgId: OrgId): boolean {
    const user = this.#users.get(orgId);
    if (!user) return false;
    if (user.running === 0 && this.#queue.sizeOf(orgId) === 0) this.#users.delete(orgId);
    else user.keepUntil = user.keepAliveMs = 0;
    this.#rest();
    return true;
  }

  refuseWaiting(error: AppError): void {
    for (const ticket of this.#takeWaiting()) ticket.refuse(error);
    for (const watcher of this.#watchers) watcher.refuse(error);
    this.#watchers.clear();
    this.#rest();
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** Tells all running requests to end. */
  stopRunning(reason: AppError): void {
    for (const running of this.#running) running.lost.abort(reason);
  }

  /** As one organisation may see it, or the platform (`undefined`); undefined when it does not use it. */
  view(orgId: OrgId | undefined) {
    const user = orgId === undefined ? [...this.#users.values()].at(-1) : this.#users.get(orgId);
    if (orgId !== undefined && !(user && this.#isWanted(orgId, user))) return undefined;
    const keepUntil = orgId === undefined ? this.#keepUntil() : (user?.keepUntil ?? 0);
    const since = orgId === undefined ? this.#readyAt : Math.max(this.#readyAt, user?.since ?? 0);
    return {
      sha256: this.resolved.spec.sha256,
      modelId: user?.modelId ?? '',
      state: this.state,
      estimatedBytes: this.bytes,
      contextSize: this.resolved.spec.contextSize,
      sequences: this.resolved.spec.sequences,
      running: orgId === undefined ? this.running : (user?.running ?? 0),
      queued: orgId === undefined ? this.queued : this.#queue.sizeOf(orgId),
      loadedAt: this.state === 'loading' ? '' : new Date(since).toISOString(),
      expiresAt: this.state === 'ready' && keepUntil > 0 ? new Date(keepUntil).toISOString() : '',
    };
  }

  #use({ orgId, modelId, keepAliveMs }: { orgId: OrgId | undefined; modelId: string; keepAliveMs: number }): void {
    const now = this.#deps.clock.now();
    this.lastUsedAt = now;
    this.#forgetUsers(now);
    const known = this.#users.get(orgId);
    this.#users.set(orgId, {
      modelId,
      since: known?.since ?? now,
      keepAliveMs,
      keepUntil: now + keepAliveMs,
      running: known?.running ?? 0,
    });
  }

  #dispatch(): void {
    const engine = this.#engine;
    if (this.state !== 'ready' || !engine) return;
    // Embeddings of one engine don't run side by side; together they're slower than one after the other.
    const slots = engine.facts.kind === 'embedding' ? 1 : engine.facts.sequences;
    for (let item = this.#queue.take(slots - this.#busySlots); item; item = this.#queue.take(slots - this.#busySlots))
      this.#start(engine, item);
  }

  #start(engine: Engine, item: Waiting<Place>): void {
    const { clock } = this.#deps;
    const { asked, enteredAt } = item.value;
    const running: Running = { slots: item.slots, orgId: asked.orgId, lost: new AbortController() };
    const now = clock.now();
    if (this.running === 0) this.#measuredAt = now;
    this.#running.add(running);
    this.#busySlots += item.slots;
    const user = this.#users.get(asked.orgId);
    if (user) user.running++;
    this.#cancelExpiry?.();

    item.value.grant({
      engine,
      queueMs: Math.max(0, now - Math.max(enteredAt, this.#readyAt)),
      loadMs: enteredAt < this.#readyAt ? Math.min(this.#loadMs, this.#readyAt - enteredAt) : 0,
      lost: running.lost.signal,
      end: (tokens) => this.#end(item, running, tokens),
      condemn: () => this.#condemn(),
    });
  }

  #end(item: Waiting<Place>, running: Running, tokens: number): void {
    if (!this.#running.delete(running)) return;
    const now = this.#deps.clock.now();
    this.#busySlots -= running.slots;
    this.#queue.settle(item, tokens);
    this.#pace.record(tokens, now - this.#measuredAt);
    this.#measuredAt = now;
    this.lastUsedAt = now;
    const user = this.#users.get(running.orgId);
    if (user) {
      user.running--;
      user.keepUntil = now + user.keepAliveMs;
    }
    this.#dispatch();
    if (this.running === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    this.#rest();
  }

  #progress(fraction: number): void {
    if (fraction - this.#fraction < 0.01 && fraction < 1) return;
    this.#fraction = Math.min(1, fraction);
    const news: News = { loading: { fraction: this.#fraction, ready: false } };
    for (const { value } of this.#queue.order()) value.asked.onNews(news);
    for (const watcher of this.#watchers) watcher.onNews(news);
  }

  #announceSoon(): void {
    if (this.#announcing || this.#queue.size === 0) return;
    this.#announcing = true;
    queueMicrotask(() => {
      this.#announcing = false;
      this.#announce();
    });
  }

  /** Tells places in the line, nobody more often than once a second. */
  #announce(): void {
    if (this.state !== 'ready' || this.#queue.size === 0) return;
    const now = this.#deps.clock.now();
    this.#queue.order().forEach(({ value: place }, index) => {
      const position = index + 1;
      const early = place.announcedAt !== undefined && now - place.announcedAt < announceEveryMs;
      if (early || place.position === position) return;
      place.announcedAt = now;
      place.position = position;
      place.asked.onNews({ queued: { position } });
    });
    this.#cancelTick ??= this.#deps.clock.after(announceEveryMs, () => {
      this.#cancelTick = undefined;
      this.#announce();
    });
  }

  #queueFull(bound: 'organization_full' | 'full', orgId: OrgId): AppError {
    const own = bound === 'organization_full';
    const cost = own ? this.#queue.waitingCost(orgId) * Math.max(1, this.#queue.organizations) : this.#queue.waitingCost();
    const secs = Math.min(longestRetrySecs, Math.max(1, Math.ceil(cost / 2 / this.#pace.tokensPerSec)));
    const message = own
      ? `Your organisation already has ${this.#queue.sizeOf(orgId)} requests waiting for this model. Try again in about ${secs} s.`
      : `Too many requests are waiting for this model. Try again in about ${secs} s.`;
    return new AppError('queue_full', message, { retryAfterSecs: secs });
  }

  /** Decides what happens now that there may be nothing to do: give up a load, unload, or set the hour for it. */
  #rest(): void {
    if (this.inUse || this.state === 'unloading') return;
    const { clock } = this.#deps;
    if (this.state === 'loading') {
      void this.unload(new AppError('cancelled', 'Nobody waits for this model any more.'));
      return;
    }
    const now = clock.now();
    this.#forgetUsers(now);
    this.#cancelExpiry?.();
    const keepUntil = this.#keepUntil();
    if (keepUntil <= now) void this.unload(new AppError('unavailable', 'The model is being unloaded. Try again.'));
    else this.#cancelExpiry = clock.after(keepUntil - now, () => this.#rest());
  }

  #forgetUsers(now: number): void {
    // A model that never rests would otherwise remember everyone; once a minute is enough.
    if (this.inUse && now - this.#forgotAt < 60_000) return;
    this.#forgotAt = now;
    for (const [orgId, user] of this.#users) if (!this.#isWanted(orgId, user)) this.#users.delete(orgId);
  }

  #isWanted(orgId: OrgId | undefined, user: User): boolean {
    const queued = orgId === undefined ? 0 : this.#queue.sizeOf(orgId);
    return user.running > 0 || queued > 0 || user.keepUntil > this.#deps.clock.now() || this.state === 'loading';
  }

  #keepUntil(): number {
    let latest = 0;
    for (const { keepUntil } of this.#users.values()) latest = Math.max(latest, keepUntil);
    return latest;
  }

  #loadFailed(error: AppError): void {
    const wanted = this.state === 'loading';
    this.#leave(error);
    this.#isGone();
    if (wanted) this.#deps.onLoadFailed(error);
  }

  #exited(reason: string): void {
    if (this.state === 'unloading') return;
    const error = crashed(reason);
    const waiting = this.#takeWaiting();
    this.#leave(error);
    this.#isGone();
    this.#deps.onCrash(error, waiting);
  }

  #condemn(): void {
    if (this.state !== 'ready') return;
    const error = crashed('an aborted request did not end');
    const waiting = this.#takeWaiting();
    void this.unload(error);
    this.#deps.onCrash(error, waiting);
  }

  #takeWaiting(): Place[] {
    const waiting = this.#queue.order();
    for (const item of waiting) this.#queue.remove(item);
    return waiting.map(({ value }) => value);
  }

  #leave(reason: AppError): void {
    this.state = 'unloading';
    this.#loading.abort(reason);
    this.#cancelTick?.();
    this.#cancelExpiry?.();
    this.stopRunning(reason);
    for (const ticket of this.#takeWaiting()) ticket.refuse(reason);
    for (const watcher of this.#watchers) watcher.refuse(reason);
    this.#watchers.clear();
  }
}

const crashed = (reason: string): AppError =>
  new AppError('engine_crashed', 'The engine of this model stopped unexpectedly. Try again; it is started anew.', {
    cause: new Error(reason),
    retryAfterSecs: 1,
  });
