import { AppError } from '@sangha/errors';
import type { OrgId } from '@sangha/identity';
import type { Logger } from '@sangha/telemetry';
import { atMost, type Clock } from './clock.ts';
import type { RunnerConfig } from './config.ts';
import { type Admission, admit } from './domain/admission.ts';
import { createRestartBackoff } from './domain/restart-backoff.ts';
import type { EngineFactory } from './engine.ts';
import { type AskedModel, checkChoices, type ResolvedSpec, resolveSpec } from './engine-spec.ts';
import { HostedModel, type News, type Ticket, type Turn, type TurnRequest } from './hosted-model.ts';
import type { RunnerMetrics } from './metrics.ts';
import type { ModelFiles } from './model-file.ts';

export interface EnginePoolDeps {
  engines: EngineFactory;
  files: ModelFiles;
  clock: Clock;
  config: RunnerConfig;
  log: Logger;
  metrics: RunnerMetrics;
}

/** What the caller wants a model for; a file that can't do it is refused before it is loaded. */
export type Purpose = 'generation' | 'embedding';

export interface EnginePool {
  /** The engine that a request would use, everything filled in. Reads the file's header. */
  resolve(asked: AskedModel, purpose?: Purpose): Promise<ResolvedSpec>;
  /** Waits for the model and for a turn on it. */
  turn(resolved: ResolvedSpec, request: TurnRequest): Promise<Turn>;
  /** Loads now. Concurrent loads of one engine are one. */
  load(
    resolved: ResolvedSpec,
    asked: { orgId: OrgId | undefined; modelId: string; keepAliveMs: number; signal: AbortSignal; onNews(news: News): void },
  ): Promise<void>;
  /**
   * Lets go of a file's engines and says of how many. An organisation lets go for itself alone: an engine that another one keeps
   * stays loaded. The platform (`undefined`) unloads what is idle.
   */
  unload(sha256: string, orgId: OrgId | undefined): number;
  /** What is loaded, as one organisation may see it; `undefined` sees all. */
  list(orgId: OrgId | undefined): NonNullable<ReturnType<HostedModel['view']>>[];
  /** Estimated bytes of everything that holds memory. */
  readonly usedBytes: number;
  /** Refuses what waits, lets run what runs for the grace period, then ends every engine. */
  close(): Promise<void>;
}

export function createEnginePool({ engines, files, clock, config, log, metrics }: EnginePoolDeps): EnginePool {
  // Who answers for a key, and everything that holds memory; one that is being unloaded is only in the second.
  const byKey = new Map<string, HostedModel>();
  const holdings = new Set<HostedModel>();
  const backoff = createRestartBackoff();
  let closed = false;

  metrics.observe(() => ({
    loaded: [...holdings].filter(({ state }) => state === 'ready').length,
    estimatedBytes: usedBytes(),
    budgetBytes: config.memoryBudgetBytes,
    queued: sum([...holdings].map(({ queued }) => queued)),
    running: sum([...holdings].map(({ running }) => running)),
  }));

  const usedBytes = () => sum([...holdings].map(({ bytes }) => bytes));

  function hostOf(resolved: ResolvedSpec): HostedModel {
    if (closed) throw shuttingDown();
    const present = byKey.get(resolved.key);
    if (present && present.state !== 'unloading') return present;
    refuseWhileBackingOff(resolved.key);
    return start(resolved);
  }

  function start(resolved: ResolvedSpec): HostedModel {
    const { key, spec, bytes } = resolved;
    const plan = admit(bytes, config.memoryBudgetBytes, [...holdings]);
    if (plan.kind !== 'admitted') throw noMemory(plan, [...holdings]);

    const details = { sha256: spec.sha256, contextSize: spec.contextSize, sequences: spec.sequences, bytes };
    const host = new HostedModel({
      resolved,
      clock,
      config,
      onLoadFailed(error) {
        if (error.code === 'cancelled') return;
        log.warn({ ...details, err: error }, 'a model could not be loaded');
        backoff.failed(key, error, clock.now());
      },
      onCrash(error, waiting) {
        log.error({ ...details, err: error }, 'an engine stopped unexpectedly');
        metrics.crashes.inc({});
        backoff.failed(key, error, clock.now());
        for (const ticket of waiting) enter(resolved, ticket);
      },
    });
    byKey.set(key, host);
    holdings.add(host);
    void host.gone.then(() => {
      holdings.delete(host);
      if (byKey.get(key) === host) byKey.delete(key);
      log.info(details, 'a model is unloaded');
    });

    const awaitGone = plan.awaitGone.map(({ gone }) => gone);
    for (const victim of plan.evict) void victim.unload(new AppError('unavailable', 'The model is being unloaded. Try again.'));
    const threads = spec.threads || freeThreads();
    void host.load(async (signal, onProgress) => {
      await Promise.all(awaitGone);
      const modelPath = await files.check(spec.sha256);
      signal.throwIfAborted();
      const engine = await engines.open({ ...spec, modelPath, threads }, { signal, onProgress });
      log.info({ ...details, threads, residentBytes: engine.facts.residentBytes }, 'a model is loaded');
      return engine;
    }, threads);
    return host;
  }

  // Engines spin while they compute; two that share a core are many times slower than one after the other.
  const freeThreads = () => Math.max(1, config.threads - sum([...holdings].map(({ busyThreads }) => busyThreads)));

  function refuseWhileBackingOff(key: string): void {
    const blocked = backoff.blocked(key, clock.now());
    if (!blocked) return;
    const secs = Math.ceil(blocked.remainingMs / 1_000);
    throw new AppError(
      blocked.error.code,
      `The engine of this model failed ${blocked.failures} times in a row. It is left alone for ${secs} s; then try again, or choose another model.`,
      { cause: blocked.error, retryAfterSecs: secs },
    );
  }

  function enter(resolved: ResolvedSpec, ticket: Ticket): void {
    try {
      hostOf(resolved).enter(ticket);
    } catch (error) {
      ticket.refuse(error as AppError);
    }
  }

  return {
    async resolve(asked, purpose) {
      const file = await files.find(asked.sha256);
      if (purpose && purpose !== file.kind) throw wrongKind(purpose);
      return resolveSpec(asked, file, config);
    },

    turn(resolved, asked) {
      return new Promise<Turn>((resolve, reject) => {
        checkChoices(asked.slots, resolved.spec);
        const stop = () => ticket.leave();
        const settle = () => asked.signal.removeEventListener('abort', stop);
        const ticket: Ticket = {
          asked,
          enteredAt: clock.now(),
          grant(turn) {
            settle();
            resolve(turn);
          },
          refuse(error) {
            settle();
            reject(error);
          },
          leave: () => undefined,
          onPlace: (position) => asked.onNews({ queued: { position } }),
        };
        if (asked.signal.aborted) throw cancelled();
        asked.signal.addEventListener('abort', stop, { once: true });
        enter(resolved, ticket);
      });
    },

    load(resolved, { signal, orgId: userId, ...asked }) {
      return new Promise<void>((resolve, reject) => {
        if (signal.aborted) throw cancelled();
        const host = hostOf(resolved);
        const stop = () => {
          stopWatching();
          reject(cancelled());
        };
        const settle = () => signal.removeEventListener('abort', stop);
        signal.addEventListener('abort', stop, { once: true });
        const stopWatching = host.watch({
          ...asked,
          userId,
          ready() {
            settle();
            resolve();
          },
          refuse(error) {
            settle();
            reject(error);
          },
        });
      });
    },

    unload(sha256, orgId) {
      const hosts = [...byKey.values()].filter(({ resolved, state }) => resolved.spec.sha256 === sha256 && state !== 'unloading');
      if (orgId !== undefined) return hosts.filter((host) => host.release(orgId)).length;
      const idle = hosts.filter(({ inUse }) => !inUse);
      for (const host of idle) void host.unload(new AppError('unavailable', 'The operator unloaded the model. Try again.'));
      return idle.length;
    },

    list: (orgId) => [...holdings].map((host) => host.view(orgId)).filter((view) => view !== undefined),

    get usedBytes() {
      return usedBytes();
    },

    async close() {
      closed = true;
      for (const host of holdings) host.refuseWaiting(shuttingDown());
      const idle = Promise.all([...holdings].map((host) => host.idle()));
      await atMost(clock, config.closeGraceMs, idle);
      for (const host of holdings) host.stopRunning(shuttingDown());
      // What was told to stop still reports its usage.
      await atMost(clock, config.engineStopMs, idle);
      await Promise.all([...holdings].map((host) => host.unload(shuttingDown())));
    },
  };
}

function noMemory(plan: Exclude<Admission<HostedModel>, { kind: 'admitted' }>, holdings: HostedModel[]): AppError {
  const [need, budget] = [gib(plan.needBytes), gib(plan.budgetBytes)];
  const params = { need_bytes: plan.needBytes, budget_bytes: plan.budgetBytes };
  if (plan.kind === 'too_large')
    return new AppError(
      'no_memory',
      `This model needs about ${need}, and ${budget} may be used for models here. Choose a smaller quantization, a smaller context or fewer sequences, or have the operator raise BODHI_MODEL_MEMORY_BYTES.`,
      { params },
    );
  const secs = Math.min(120, Math.max(5, Math.ceil(Math.min(...holdings.map(({ drainSecs }) => drainSecs)))));
  return new AppError(
    'no_memory',
    `This model needs about ${need}; of the ${budget} for models, ${gib(plan.freeableBytes)} can be freed while the others are in use. Try again in about ${secs} s.`,
    { params: { ...params, freeable_bytes: plan.freeableBytes }, retryAfterSecs: secs },
  );
}

function wrongKind(purpose: Purpose): AppError {
  return purpose === 'embedding'
    ? new AppError('not_an_embedding_model', 'This model generates text and makes no embeddings. Choose an embedding model.', {
        param: 'model',
      })
    : new AppError('not_a_chat_model', 'This model makes embeddings and generates no text. Choose a language model.', {
        param: 'model',
      });
}

const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(bytes < 1024 ** 3 ? 2 : 1)} GiB`;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const cancelled = (): AppError => new AppError('cancelled', 'The request was cancelled.');
const shuttingDown = (): AppError =>
  new AppError('shutting_down', 'This server is stopping. Try again in a moment.', { retryAfterSecs: 5 });
