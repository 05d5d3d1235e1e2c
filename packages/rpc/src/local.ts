import type { ContextSigner, ContextVerifier } from '@sangha/identity';
import type { ServiceContract } from '@sangha/protos';
import { createClient, type Outgoing, type OutgoingStream, type Transport } from './client.ts';
import type { Client, Implementation } from './contract.ts';
import { createDispatcher, type Dispatcher, type ErrorPlace, type Method, type Running } from './dispatcher.ts';
import { defaultMaxMessageBytes } from './metadata.ts';
import { cancelled, deadlineExceeded, fromWire, type WireFailure } from './wire-error.ts';

export interface LocalOptions {
  /** The services of this process; the one of the contract is called. */
  services: readonly Implementation[];
  audience: string;
  signer: ContextSigner;
  verifier: ContextVerifier;
  /** In either direction. Default 16 MiB. */
  maxMessageBytes?: number;
  /** Told every error that callers see only as `internal`. Default: standard error. */
  onError?: (error: unknown, place: ErrorPlace) => void;
  /** When it aborts, running calls end with `shutting_down` and new ones are refused. */
  stop?: AbortSignal;
}

/**
 * The client of a service in this process. Everything passes through the wire's bytes and the signed context, so nothing
 * is shared by accident and deadlines, cancellation, limits and errors are those of `dial`.
 */
export function local<S extends ServiceContract<unknown, unknown>>(contract: S, options: LocalOptions): Client<S> {
  const { audience, signer, verifier, maxMessageBytes = defaultMaxMessageBytes, onError, stop } = options;
  const services = options.services.filter((service) => service.contract.name === contract.name);
  if (services.length === 0) throw new Error(`${contract.name} is not implemented by the given services.`);
  const dispatcher = createDispatcher({ services, verifier, maxMessageBytes, onError });
  if (stop?.aborted === true) dispatcher.stop();
  stop?.addEventListener('abort', () => dispatcher.stop(), { once: true });
  return createClient(contract, { transport: createLocalTransport(dispatcher), audience, signer, maxMessageBytes });
}

function createLocalTransport(dispatcher: Dispatcher): Transport {
  const methodOf = (path: string): Method => {
    const method = dispatcher.methods.get(path);
    if (method === undefined) throw new Error(`${path} is not implemented.`);
    return method;
  };

  return {
    unary: (definition, request, outgoing) =>
      new Promise((resolve, reject) => {
        const fail = (failure: WireFailure) => reject(fromWire(failure, true));
        const running = dispatcher.begin(methodOf(definition.path), outgoing, (failure) => {
          release();
          fail(failure);
        });
        const release = limit(running, outgoing);
        const finish = () => {
          release();
          running.end();
        };
        dispatcher.unary(running, request).then(
          (bytes) => {
            finish();
            resolve(bytes);
          },
          (error) => {
            const failure = dispatcher.failureOf(running, error);
            finish();
            fail(failure);
          },
        );
      }),

    stream: (definition, request) => createLocalStream(dispatcher, methodOf(definition.path), request),
  };
}

function createLocalStream(dispatcher: Dispatcher, method: Method, request: Buffer): OutgoingStream<unknown> {
  let call: { running: Running; release: () => void } | undefined;
  const opened = () => {
    if (call === undefined) throw new Error('The stream was not opened.');
    return call;
  };

  return {
    async open(outgoing, fail) {
      const running = dispatcher.begin(method, outgoing, (failure) => fail(new Aborted(failure)));
      call = { running, release: limit(running, outgoing) };
      return dispatcher.stream(running, request);
    },
    bytesOf: (message) => dispatcher.encode(opened().running, message),
    errorOf(error) {
      if (call === undefined) return error;
      return fromWire(error instanceof Aborted ? error.failure : dispatcher.failureOf(call.running, error), true);
    },
    close(how) {
      call?.release();
      if (how === 'cancelled') call?.running.abort(cancelled());
      else call?.running.end({ exhausted: how === 'done' });
    },
  };
}

/** The call was ended from outside: by its deadline, its caller or the end of the process. */
class Aborted extends Error {
  readonly failure: WireFailure;
  constructor(failure: WireFailure) {
    super(failure.details);
    this.failure = failure;
  }
}

/** Aborts a call at its deadline and with its caller's signal. Returns what takes both back. */
function limit(running: Running, { deadlineAtMs, signal }: Outgoing): () => void {
  const onSignal = () => running.abort(cancelled(signal?.reason));
  signal?.addEventListener('abort', onSignal, { once: true });
  const timer =
    deadlineAtMs === undefined
      ? undefined
      : setTimeout(() => running.abort(deadlineExceeded()), Math.max(0, deadlineAtMs - Date.now()));
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onSignal);
  };
}
