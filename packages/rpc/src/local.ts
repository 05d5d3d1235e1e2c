import { AppError, isAppError, toAppError } from '@sangha/errors';
import { type ContextSigner, type ContextVerifier, newUlid } from '@sangha/identity';
import type { ServiceContract } from '@sangha/protos';
import type { Call, CallOptions, Client, Implementation } from './contract.ts';
import {
  cleanRequestId,
  defaultMaxMessageBytes,
  defaultUnaryDeadlineMs,
  lowerFirst,
  messageTooLarge,
  withoutCause,
} from './wire.ts';

export interface LocalOptions {
  services: readonly Implementation[];
  audience: string;
  signer: ContextSigner;
  verifier: ContextVerifier;
  onError?: (error: unknown, method: string, requestId: string) => void;
  maxMessageBytes?: number;
}

/**
 * The client of a service in the same process. Requests and answers pass through their wire bytes and the signed context
 * through the verifier, so nothing is shared by accident and nothing works here that would fail over the network.
 */
export function local<S extends ServiceContract<unknown, unknown>>(contract: S, options: LocalOptions): Client<S> {
  const implementation = options.services.find((each) => each.contract.name === contract.name);
  if (!implementation) throw new Error(`${contract.name} is not among the services`);
  const maxBytes = options.maxMessageBytes ?? defaultMaxMessageBytes;
  const methods: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(contract.methods)) {
    const handler = implementation.handlers[lowerFirst(name)] as Handler | undefined;
    if (!handler) throw new Error(`${contract.name} has no handler for ${name}`);
    const transport: Transport = {
      ...options,
      handler,
      path: method.path,
      passRequest: copier(method.requestSerialize, method.requestDeserialize, maxBytes),
      passResponse: copier(method.responseSerialize, method.responseDeserialize, maxBytes),
    };
    methods[lowerFirst(name)] = method.responseStream
      ? (request: object, call: CallOptions): AsyncIterable<object> => ({
          [Symbol.asyncIterator]: () => stream(transport, request, call),
        })
      : (request: object, call: CallOptions) => unary(transport, request, call);
  }
  return methods as Client<S>;
}

type Handler = (request: object, call: Call) => unknown;
interface Transport extends LocalOptions {
  handler: Handler;
  path: string;
  passRequest: (message: object) => object;
  passResponse: (message: object) => object;
}

function copier(
  serialize: (value: object) => Buffer,
  deserialize: (bytes: Buffer) => object,
  maxBytes: number,
): (message: object) => object {
  return (message) => {
    const bytes = serialize(message);
    if (bytes.length > maxBytes) throw new AppError('body_too_large', messageTooLarge);
    return deserialize(bytes);
  };
}

async function unary(transport: Transport, request: object, options: CallOptions): Promise<object> {
  const waiting = new Waiting(options, options.deadlineMs ?? defaultUnaryDeadlineMs);
  try {
    return await waiting.race(
      (async () => {
        const call = await openCall(transport, options, waiting.signal);
        return transport.passResponse((await transport.handler(transport.passRequest(request), call)) as object);
      })(),
    );
  } catch (error) {
    throw crossed(error, transport, options);
  } finally {
    waiting.end();
  }
}

function stream(transport: Transport, request: object, options: CallOptions): AsyncIterator<object> {
  const waiting = new Waiting(options, options.deadlineMs);
  let source: AsyncIterator<object> | undefined;
  const end = async (): Promise<void> => {
    waiting.end();
    const open = source;
    source = undefined;
    await open?.return?.();
  };
  const fail = (error: unknown): never => {
    waiting.abort();
    // The handler is told by its signal and by return(); its caller does not wait for it to agree.
    end().catch(() => {});
    throw crossed(error, transport, options);
  };
  const start = async (): Promise<AsyncIterator<object>> => {
    const call = await openCall(transport, options, waiting.signal);
    return (transport.handler(transport.passRequest(request), call) as AsyncIterable<object>)[Symbol.asyncIterator]();
  };
  let ended = false;
  const pass = (result: IteratorResult<object>): IteratorResult<object> => {
    if (!result.done) return { done: false, value: transport.passResponse(result.value) };
    ended = true;
    source = undefined;
    waiting.end();
    return result;
  };
  const advance = async (): Promise<IteratorResult<object>> => {
    source ??= await start();
    return source.next();
  };
  return {
    next() {
      if (ended) return Promise.resolve({ done: true, value: undefined });
      return waiting
        .race(source ? source.next() : advance())
        .then(pass)
        .catch((error: unknown) => {
          ended = true;
          return fail(error);
        });
    },
    async return() {
      ended = true;
      waiting.abort();
      await end();
      return { done: true, value: undefined };
    },
  };
}

async function openCall(
  { signer, verifier, audience }: LocalOptions,
  { context, requestId }: CallOptions,
  signal: AbortSignal,
): Promise<Call> {
  return {
    context: await verifier.verify(await signer.sign(context, audience)),
    requestId: cleanRequestId(requestId) ?? newUlid(),
    signal,
  };
}

/** What the caller of a network client would see: no cause; unknown failures as `internal`, logged. */
function crossed(error: unknown, { path, onError }: Transport, { requestId }: CallOptions): AppError {
  const known = toAppError(error);
  if (!isAppError(error) && known.code === 'internal') onError?.(error, path, requestId ?? '');
  return withoutCause(known);
}

/** One caller's patience: its signal and its deadline, which end the wait even where a handler does not listen. */
class Waiting {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #ended: AppError | undefined;
  #reject: ((error: AppError) => void) | undefined;

  constructor({ signal }: CallOptions, deadlineMs: number | undefined) {
    this.#outer = signal;
    if (signal?.aborted) this.#onAbort();
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (deadlineMs !== undefined) {
      this.#timer = setTimeout(
        () => this.#give(new AppError('deadline_exceeded', 'A part of the platform did not answer in time. Try again.')),
        deadlineMs,
      );
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The work's outcome, or the end of patience, whichever comes first. One wait at a time. */
  race<T>(work: Promise<T>): Promise<T> {
    if (this.#ended) {
      work.catch(() => {});
      return Promise.reject(this.#ended);
    }
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      work.then(resolve, reject);
    });
  }

  abort(): void {
    this.#controller.abort();
  }

  /** No more waiting: timers and listeners are gone. */
  end(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#onAbort);
    this.#reject = undefined;
  }

  readonly #onAbort = (): void => this.#give(new AppError('cancelled', 'The request was cancelled.'));

  #give(error: AppError): void {
    this.#ended = error;
    this.#controller.abort(error);
    this.#reject?.(error);
  }
}
