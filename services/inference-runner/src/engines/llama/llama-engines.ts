import { AppError } from '@sangha/errors';
import type { Logger } from '@sangha/telemetry';
import type { Engine, EngineEvent, EngineFactory, EngineFacts, EngineRequest, EngineSpec } from '../../engine.ts';
import { ownMemoryOf } from '../../process-memory.ts';
import { engineEnvironment } from './engine-environment.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import { crashed, exitReason, loadCrashed } from './exit-reason.ts';
import { chunkWindow, type FromChild, type TickItem } from './protocol.ts';
import { fromWireError } from './wire-error.ts';

export interface LlamaEnginesDeps {
  log: Logger;
  /** Added to the short allow-list of `engineEnvironment`. Nothing secret: the process reads strangers' files. */
  childEnv?: Record<string, string>;
  /** The environment to choose from; `process.env` by default. */
  environment?: Record<string, string | undefined>;
  /** For tests that look at the process itself. */
  onProcess?: (process: EngineProcess) => void;
}

/**
 * Engines on node-llama-cpp, each in a process of its own: a fault in native code takes down one model and not the service,
 * and memory is truly free after `close()`. Errors of `open`: `model_unusable` (the file), `no_memory`, `model_load_failed`
 * (anything else), with the native reason as cause.
 */
export function createLlamaEngines(deps: LlamaEnginesDeps): EngineFactory {
  return {
    async open(spec, { signal, onProgress }) {
      signal.throwIfAborted();
      const log = deps.log.child({ model: spec.sha256.slice(0, 12) });
      const process = startEngineProcess({
        log,
        env: engineEnvironment(deps.environment ?? globalThis.process.env, deps.childEnv),
      });
      deps.onProcess?.(process);
      const onAbort = () => process.kill();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const facts = await load(process, spec, onProgress);
        signal.throwIfAborted();
        log.info({ pid: process.pid, residentBytes: facts.residentBytes }, 'engine is ready');
        return createEngine(process, facts, log);
      } catch (error) {
        process.kill();
        await process.ended;
        throw signal.aborted ? new AppError('cancelled', 'Loading the model was cancelled.', { cause: signal.reason }) : error;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

function load(process: EngineProcess, spec: EngineSpec, onProgress: (fraction: number) => void): Promise<EngineFacts> {
  return new Promise((resolve, reject) => {
    process.onMessage((message) => {
      if (message.type === 'progress') onProgress(message.fraction);
      if (message.type === 'ready') resolve(message.facts);
      if (message.type === 'load-failed') reject(fromWireError(message.error));
    });
    void process.ended.then(({ code, signal }) => reject(loadCrashed(code, signal, process.lastWords())));
    process.send({ type: 'load', spec });
  });
}

type Embedded = Awaited<ReturnType<Engine['embed']>>;
type Caller = { events: EventQueue } | { resolve: (embedded: Embedded) => void; reject: (error: Error) => void };

function createEngine(process: EngineProcess, facts: EngineFacts, log: Logger): Engine {
  const callers = new Map<number, Caller>();
  let lastId = 0;
  let closing = false;
  let dead: AppError | undefined;

  process.onMessage((message: FromChild) => {
    if (message.type === 'tick') for (const item of message.items) deliver(item);
  });

  function deliver(item: TickItem): void {
    const caller = callers.get(item.id);
    if (!caller) return;
    if ('error' in item) failCaller(item.id, caller, fromWireError(item.error));
    else if ('events' in caller) {
      if ('chunks' in item) caller.events.pushChunks(item.chunks);
      else if ('started' in item) caller.events.push({ started: item.started });
      else if ('finished' in item) caller.events.push({ finished: item.finished });
    } else if ('embedded' in item) caller.resolve(item.embedded);
  }

  function failCaller(id: number, caller: Caller, error: Error): void {
    callers.delete(id);
    if ('events' in caller) caller.events.fail(error);
    else caller.reject(error);
  }

  const exited = process.ended.then(({ code, signal }) => {
    const reason = exitReason(code, signal);
    dead = closing
      ? new AppError('shutting_down', 'The model was unloaded. Try again: it is loaded anew.', { retryAfterSecs: 1 })
      : crashed(reason);
    if (!closing) log.error({ pid: process.pid, reason, lastWords: process.lastWords() }, 'engine process died');
    for (const [id, caller] of callers) failCaller(id, caller, dead);
    return { expected: closing, reason };
  });

  function register(caller: Caller): number {
    if (dead) throw dead;
    lastId += 1;
    callers.set(lastId, caller);
    return lastId;
  }

  async function* generate(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EngineEvent, void, void> {
    const events = createEventQueue();
    const id = register({ events });
    const abort = () => process.send({ type: 'abort', id });
    process.send({ type: 'generate', id, request });
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    let finished = false;
    let taken = 0;
    try {
      while (!finished) {
        const event = await events.next();
        finished = 'finished' in event;
        yield event;
        if ('delta' in event) taken += event.delta.chunks?.length ?? 0;
        // Acknowledging in quarters of the window keeps the engine busy and costs one message per 64 chunks.
        if (taken >= chunkWindow / 4) {
          process.send({ type: 'taken', id, chunks: taken });
          taken = 0;
        }
      }
    } finally {
      signal.removeEventListener('abort', abort);
      if (callers.delete(id) && !finished) abort();
    }
  }

  return {
    facts,
    exited,
    generate,
    memoryBytes: () => ownMemoryOf(process.pid),
    embed(request, signal) {
      return new Promise<Embedded>((resolve, reject) => {
        if (signal.aborted) return reject(new AppError('cancelled', 'The request was cancelled.'));
        // The answer is still waited for: native code ends the input under way first, and that counts.
        const abort = () => process.send({ type: 'abort', id });
        const id = register({
          resolve(embedded) {
            callers.delete(id);
            signal.removeEventListener('abort', abort);
            resolve(embedded);
          },
          reject(error) {
            signal.removeEventListener('abort', abort);
            reject(error);
          },
        });
        signal.addEventListener('abort', abort, { once: true });
        process.send({ type: 'embed', id, request });
      });
    },
    async close() {
      closing = true;
      process.kill();
      await exited;
    },
  };
}
