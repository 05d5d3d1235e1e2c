import { AppError, isAppError, toAppError } from '@sangha/errors';
import { type ContextVerifier, newUlid } from '@sangha/identity';
import type { ServiceContract } from '@sangha/protos';
import type { Call, Implementation } from './contract.ts';
import { usableRequestId } from './metadata.ts';
import { shuttingDown, tooLarge, toWire, type WireFailure } from './wire-error.ts';

type Definition = ServiceContract<unknown, unknown>['methods'][string];

/** One method of a service, from bytes to bytes. */
export interface Method {
  readonly definition: Definition;
  readonly handle: (request: never, call: Call) => unknown;
}

/** What a call brings besides its request. */
export interface Incoming {
  readonly contextText: string | undefined;
  readonly requestId: string | undefined;
}

/** Where an unknown error happened; the error itself goes to the log whole. */
export interface ErrorPlace {
  readonly method: string;
  readonly requestId: string;
}

export interface DispatcherOptions {
  services: readonly Implementation[];
  verifier: ContextVerifier;
  maxMessageBytes: number;
  /** Told everything that a caller sees only as `internal`. */
  onError?: ((error: unknown, place: ErrorPlace) => void) | undefined;
}

/**
 * The half of a call that does not depend on how it arrived: verifies the context, reads the request, runs the handler,
 * writes its answer, and turns whatever it throws into what may travel.
 */
export interface Dispatcher {
  readonly methods: ReadonlyMap<string, Method>;
  /** `onAbort` ends the call at its transport; it is told why, once, and only while the call runs. */
  begin(method: Method, incoming: Incoming, onAbort: (failure: WireFailure) => void): Running;
  unary(running: Running, request: Uint8Array): Promise<Buffer>;
  /** Calls the handler; its messages still go through `encode`. */
  stream(running: Running, request: Uint8Array): Promise<AsyncIterator<unknown>>;
  /** A message of a handler as bytes. Throws `body_too_large` over the limit. */
  encode(running: Running, message: unknown): Buffer;
  /** The error as it may travel; unknown ones are told to `onError`. */
  failureOf(running: Running, error: unknown): WireFailure;
  /** Refuses new calls and ends the running ones with `shutting_down`. */
  stop(): void;
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { verifier, maxMessageBytes, onError = toStandardError } = options;
  const methods = methodsOf(options.services);
  const running = new Set<Running>();
  let stopped = false;

  async function admit(call: Running): Promise<Call> {
    if (stopped) throw shuttingDown();
    const { contextText } = call.incoming;
    if (contextText === undefined || contextText === '') throw new AppError('context_invalid', 'The call carries no identity.');
    return { context: await verifier.verify(contextText), requestId: call.place.requestId, signal: call.signal };
  }

  function decode(call: Running, request: Uint8Array): never {
    if (request.length > maxMessageBytes) throw tooLarge('request', new Error(`${request.length} > ${maxMessageBytes} bytes`));
    try {
      return call.method.definition.requestDeserialize(request as Buffer) as never;
    } catch (cause) {
      throw new AppError('invalid_request', 'The request is not the message that the method takes.', { cause });
    }
  }

  function encode(call: Running, message: unknown): Buffer {
    const bytes = call.method.definition.responseSerialize(message as object);
    if (bytes.length <= maxMessageBytes) return bytes;
    const cause = new Error(`${call.place.method} answered ${bytes.length} > ${maxMessageBytes} bytes`);
    onError(cause, call.place);
    throw tooLarge('answer', cause);
  }

  return {
    methods,
    encode,

    begin(method, incoming, onAbort) {
      const place = { method: method.definition.path.slice(1), requestId: usableRequestId(incoming.requestId) ?? newUlid() };
      const call = new Running({ method, incoming, place, onAbort, onEnd: () => running.delete(call), onError });
      running.add(call);
      return call;
    },

    async unary(call, request) {
      const admitted = await admit(call);
      return encode(call, await call.method.handle(decode(call, request), admitted));
    },

    async stream(call, request) {
      const admitted = await admit(call);
      const iterable = call.method.handle(decode(call, request), admitted) as AsyncIterable<unknown>;
      const iterator = iterable[Symbol.asyncIterator]();
      call.iterates(iterator);
      return iterator;
    },

    failureOf(call, error) {
      const { signal } = call;
      // What a handler throws because it was told to stop says less than why it was told.
      if (signal.aborted && !isAppError(error) && error instanceof Error && error.name === 'AbortError')
        return toWire(toAppError(signal.reason));
      const shown = toAppError(error);
      if (shown.code === 'internal') onError(error, call.place);
      return toWire(shown);
    },

    stop() {
      stopped = true;
      for (const call of running) call.abort(shuttingDown());
    },
  };
}

interface RunningDeps {
  method: Method;
  incoming: Incoming;
  place: ErrorPlace;
  onAbort: (failure: WireFailure) => void;
  onEnd: () => void;
  onError: (error: unknown, place: ErrorPlace) => void;
}

/** One call from its arrival until it ended, by itself (`end`) or because somebody gave up (`abort`). */
export class Running {
  readonly method: Method;
  readonly incoming: Incoming;
  readonly place: ErrorPlace;
  readonly #deps: RunningDeps;
  readonly #controller = new AbortController();
  #iterator: AsyncIterator<unknown> | undefined;
  #ended = false;

  constructor(deps: RunningDeps) {
    this.method = deps.method;
    this.incoming = deps.incoming;
    this.place = deps.place;
    this.#deps = deps;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  iterates(iterator: AsyncIterator<unknown>): void {
    if (this.#ended) this.#giveBack(iterator);
    else this.#iterator = iterator;
  }

  /** The call is over; a handler that still has messages is told to clean up. */
  end(options: { exhausted?: boolean } = {}): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deps.onEnd();
    if (this.#iterator !== undefined && options.exhausted !== true) this.#giveBack(this.#iterator);
    this.#iterator = undefined;
  }

  abort(reason: AppError): void {
    if (this.#ended) return;
    this.#controller.abort(reason);
    this.end();
    this.#deps.onAbort(toWire(reason));
  }

  #giveBack(iterator: AsyncIterator<unknown>): void {
    iterator.return?.()?.then(undefined, (error) => {
      if (!isAppError(error) && error !== this.signal.reason) this.#deps.onError(error, this.place);
    });
  }
}

function methodsOf(services: readonly Implementation[]): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>();
  for (const { contract, handlers } of services) {
    for (const [name, definition] of Object.entries(contract.methods)) {
      if (definition.requestStream) throw new Error(`${definition.path}: streams of requests are not supported.`);
      if (methods.has(definition.path)) throw new Error(`${definition.path} has two implementations.`);
      const key = uncapitalize(name);
      if (typeof handlers[key] !== 'function') throw new Error(`${definition.path} has no handler ${key}.`);
      methods.set(definition.path, { definition, handle: (request, call) => handlers[key]?.(request, call) });
    }
  }
  return methods;
}

export const uncapitalize = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const toStandardError = (error: unknown, place: ErrorPlace) =>
  console.error(`${place.method} failed (request ${place.requestId})`, error);
