import { AppError, toAppError } from '@sangha/errors';
import type { OrgId } from '@sangha/identity';
import type { Clock } from './clock.ts';
import type { RunnerConfig } from './config.ts';
import type { Holding } from './domain/admission.ts';
import { createFairQueue, type FairQueue, type Waiting } from './domain/fair-queue.ts';
import { createPace } from './domain/pace.ts';
import type { Engine } from './engine.ts';
import type { ResolvedSpec } from './engine-spec.ts';
import { createLineNews, type InLine, type LineNews } from './line-news.ts';
import { createModelUsers, type ModelUsers, type UserId } from './model-users.ts';

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
export interface Ticket extends InLine {
  readonly asked: TurnRequest;
  readonly enteredAt: number;
  grant(turn: Turn): void;
  refuse(error: AppError): void;
  /** Set by the model it waits for. */
  leave(): void;
}

/** Someone who wants the model loaded, but no turn. */
export interface LoadWatcher {
  userId: UserId;
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

interface Running {
  slots: number;
  lost: AbortController;
}

const longestRetrySecs = 120;
const measureEveryMs = 1_000;
// Estimates are upper bounds; an engine this far beyond its own is growing without end.
const memoryLimitOf = (estimatedBytes: number): number => estimatedBytes * 1.5 + 512 * 1024 ** 2;

/** A model in memory, or on its way there: its engine, the line before it, and when it may go. */
export class HostedModel implements Holding {
  readonly resolved: ResolvedSpec;
  /** Resolves when its memory is free. */
  readonly gone: Promise<void>;
  state: 'loading' | 'ready' | 'unloading' = 'loading';
  bytes: number;
  lastUsedAt: number;

  readonly #deps: HostedModelDeps;
  readonly #queue: FairQueue<Ticket>;
  readonly #users: ModelUsers;
  readonly #lineNews: LineNews;
  readonly #pace = createPace();
  readonly #running = new Set<Running>();
  readonly #watchers = new Set<LoadWatcher>();
  readonly #loading = new AbortController();
  readonly #isGone: () => void;
  #engine: Engine | undefined;
  #threads = 0;
  #busySlots = 0;
  #fraction = 0;
  #loadMs = 0;
  #readyAt = 0;
  #measuredAt = 0;
  #cancelExpiry: (() => void) | undefined;
  #cancelMeasuring: (() => void) | undefined;
  #whenIdle: (() => void)[] = [];

  constructor(deps: HostedModelDeps) {
    const { resolved, clock, config } = deps;
    this.#deps = deps;
    this.resolved = resolved;
    this.bytes = resolved.bytes;
    this.lastUsedAt = clock.now();
    this.#queue = createFairQueue({ perOrg: config.queuedPerOrg, total: config.queuedPerModel });
    this.#users = createModelUsers(clock, (id) => id !== undefined && this.#queue.sizeOf(id) > 0);
    this.#lineNews = createLineNews(clock, () => this.#queue.order().map(({ value }) => value));
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
  /** Seconds until what waits here is done, as far as can be told. */
  get drainSecs(): number {
    return this.#queue.waitingCost() / this.#pace.tokensPerSec;
  }

  /** Loads through `open`, whose signal says that nobody waits any more. Never rejects; those who wait hear of a failure. */
  async load(
    open: (signal: AbortSignal, onProgress: (fraction: number) => void) => Promise<Engine>,
    threads: number,
  ): Promise<void> {
    const began = this.#deps.clock.now();
    this.#threads = threads;
    let engine: Engine;
    try {
      engine = await open(this.#loading.signal, (fraction) => this.#progress(fraction));
    } catch (error) {
      this.#loadFailed(toAppError(error));
      return;
    }
    if (this.state === 'loading') this.#loaded(engine, this.#deps.clock.now() - began);
    else await engine.close().then(this.#isGone, this.#isGone);
  }

  /** Puts a request in the line. It gets its turn, an error, or leaves. */
  enter(ticket: Ticket): void {
    const { asked } = ticket;
    const item: Waiting<Ticket> = { orgId: asked.orgId, cost: asked.cost, slots: asked.slots, value: ticket };
    const bound = this.#queue.push(item, asked.continued);
    if (bound !== 'waiting') {
      ticket.refuse(this.#queueFull(bound, asked.orgId));
      return;
    }
    this.#use(asked.orgId, asked);
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
      this.#lineNews.soon();
    }
  }

  /** Waits for the load without wanting a turn; the returned function stops waiting. */
  watch(watcher: LoadWatcher): () => void {
    this.#use(watcher.userId, watcher);
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
    this.#leave(reason);
    // An open that is under way settles by itself, and `load` sees that nobody wants the engine.
    this.#engine?.close().then(this.#isGone, this.#isGone);
    return this.gone;
  }

  /** This user needs it no longer; it goes when nobody else wants it. False when it is no user. */
  release(id: UserId): boolean {
    const released = this.#users.release(id);
    if (released) this.#rest();
    return released;
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
    for (const { lost } of this.#running) lost.abort(reason);
  }

  /** As one user may see it: nothing when it is no user. The platform sees every model and everybody's counts. */
  view(id: UserId) {
    const isPlatform = id === undefined;
    const user = isPlatform ? this.#users.latest : this.#users.find(id);
    if (!isPlatform && !user) return undefined;
    const keepUntil = isPlatform ? this.#users.keepUntil : (user?.keepUntil ?? 0);
    const loadedAt = isPlatform ? this.#readyAt : Math.max(this.#readyAt, user?.since ?? 0);
    return {
      sha256: this.resolved.spec.sha256,
      modelId: user?.modelId ?? '',
      state: this.state,
      estimatedBytes: this.bytes,
      contextSize: this.resolved.spec.contextSize,
      sequences: this.resolved.spec.sequences,
      running: isPlatform ? this.running : (user?.running ?? 0),
      queued: isPlatform ? this.queued : this.#queue.sizeOf(id),
      loadedAt: this.state === 'loading' ? '' : new Date(loadedAt).toISOString(),
      expiresAt: this.state === 'ready' && keepUntil > 0 ? new Date(keepUntil).toISOString() : '',
    };
  }

  #use(id: UserId, wish: { modelId: string; keepAliveMs: number }): void {
    this.lastUsedAt = this.#deps.clock.now();
    this.#users.asked(id, wish);
  }

  #loaded(engine: Engine, loadMs: number): void {
    this.#engine = engine;
    this.#loadMs = loadMs;
    this.#readyAt = this.#deps.clock.now();
    this.bytes = Math.max(this.bytes, engine.facts.residentBytes);
    this.state = 'ready';
    void engine.exited.then(({ reason }) => this.#exited(reason));
    this.#users.loaded();
    for (const watcher of this.#watchers) watcher.ready();
    this.#watchers.clear();
    this.#dispatch();
    this.#lineNews.now();
    this.#rest();
  }

  #dispatch(): void {
    const engine = this.#engine;
    if (this.state !== 'ready' || !engine) return;
    // Embeddings of one engine don't run side by side; together they're slower than one after the other.
    const slots = engine.facts.kind === 'embedding' ? 1 : engine.facts.sequences;
    for (let item = this.#queue.take(slots - this.#busySlots); item; item = this.#queue.take(slots - this.#busySlots))
      this.#start(engine, item);
  }

  #start(engine: Engine, item: Waiting<Ticket>): void {
    const { enteredAt, grant } = item.value;
    const running: Running = { slots: item.slots, lost: new AbortController() };
    const now = this.#deps.clock.now();
    if (this.running === 0) this.#measuredAt = now;
    this.#running.add(running);
    this.#busySlots += item.slots;
    this.#users.started(item.orgId);
    this.#cancelExpiry?.();
    this.#measureSoon(engine);

    grant({
      engine,
      queueMs: Math.max(0, now - Math.max(enteredAt, this.#readyAt)),
      loadMs: enteredAt < this.#readyAt ? Math.min(this.#loadMs, this.#readyAt - enteredAt) : 0,
      lost: running.lost.signal,
      end: (tokens) => this.#end(item, running, tokens),
      condemn: () => this.#condemn(crashed('an aborted request did not end')),
    });
  }

  #end(item: Waiting<Ticket>, running: Running, tokens: number): void {
    if (!this.#running.delete(running)) return;
    const now = this.#deps.clock.now();
    this.#busySlots -= running.slots;
    this.#queue.settle(item, tokens);
    this.#pace.record(tokens, now - this.#measuredAt);
    this.#measuredAt = now;
    this.lastUsedAt = now;
    this.#users.ended(item.orgId);
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
    this.#cancelExpiry?.();
    const leftMs = this.#users.keepUntil - clock.now();
    if (this.state === 'loading') void this.unload(new AppError('cancelled', 'Nobody waits for this model any more.'));
    else if (leftMs <= 0) void this.unload(new AppError('unavailable', 'The model is being unloaded. Try again.'));
    else this.#cancelExpiry = clock.after(leftMs, () => this.#rest());
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

  #measureSoon(engine: Engine): void {
    this.#cancelMeasuring ??= this.#deps.clock.after(measureEveryMs, () => {
      this.#cancelMeasuring = undefined;
      void this.#measure(engine).catch(() => undefined);
    });
  }

  /** Ends an engine that grows far beyond its estimate, before the system picks a victim of its own. */
  async #measure(engine: Engine): Promise<void> {
    const bytes = await engine.memoryBytes?.();
    if (this.state !== 'ready' || bytes === undefined) return;
    const limit = memoryLimitOf(this.resolved.bytes);
    if (bytes > limit) this.#condemn(overgrown(bytes, limit));
    else if (this.running > 0) this.#measureSoon(engine);
  }

  #condemn(error: AppError): void {
    if (this.state !== 'ready') return;
    const waiting = this.#takeWaiting();
    void this.unload(error);
    this.#deps.onCrash(error, waiting);
  }

  #takeWaiting(): Ticket[] {
    const waiting = this.#queue.order();
    for (const item of waiting) this.#queue.remove(item);
    return waiting.map(({ value }) => value);
  }

  #leave(reason: AppError): void {
    this.state = 'unloading';
    this.#loading.abort(reason);
    this.#lineNews.stop();
    this.#cancelExpiry?.();
    this.#cancelMeasuring?.();
    this.stopRunning(reason);
    this.refuseWaiting(reason);
  }
}

const crashed = (reason: string): AppError =>
  new AppError('engine_crashed', 'The engine of this model stopped unexpectedly. Try again; it is started anew.', {
    cause: new Error(reason),
    retryAfterSecs: 1,
  });

const overgrown = (bytes: number, limit: number): AppError =>
  new AppError(
    'engine_crashed',
    'A request made the engine of this model need far more memory than it may have, so it was ended. Try again.',
    {
      cause: new Error(`${bytes} bytes of own memory, the limit is ${limit}`),
      retryAfterSecs: 1,
    },
  );
