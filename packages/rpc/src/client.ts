import type { ContextSigner } from '@sangha/identity';
import type { ServiceContract } from '@sangha/protos';
import type { CallOptions, Client } from './contract.ts';
import { uncapitalize } from './dispatcher.ts';
import { usableRequestId } from './metadata.ts';
import { PulledStream, type StreamEnd } from './pulled-stream.ts';
import { cancelled, tooLarge } from './wire-error.ts';

type Definition = ServiceContract<unknown, unknown>['methods'][string];

/** What a call brings besides its request. */
export interface Outgoing {
  readonly contextText: string;
  readonly requestId: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds since 1970. */
  readonly deadlineAtMs: number | undefined;
}

/** How bytes reach a service. Both methods throw AppErrors. */
export interface Transport {
  unary(definition: Definition, request: Buffer, outgoing: Outgoing): Promise<Buffer>;
  stream(definition: Definition, request: Buffer): OutgoingStream<unknown>;
}

/** One server stream of a transport; see `Source` of pulled-stream.ts. */
export interface OutgoingStream<Raw> {
  open(outgoing: Outgoing, fail: (error: unknown) => void): Promise<AsyncIterator<Raw>>;
  bytesOf(raw: Raw): Buffer;
  errorOf(error: unknown): unknown;
  close(how: StreamEnd): void;
}

export interface ClientOptions {
  transport: Transport;
  /** The name of the service that the contexts are signed for. */
  audience: string;
  signer: ContextSigner;
  maxMessageBytes: number;
}

const defaultDeadlineMs = 10_000;
// Node's timers count milliseconds in 31 bits and fire at once beyond them, here and at the service.
const longestDeadlineMs = 2_000_000_000;

/** The typed client of a contract over a transport. */
export function createClient<S extends ServiceContract<unknown, unknown>>(contract: S, options: ClientOptions): Client<S> {
  const methods = Object.entries(contract.methods).map(([name, definition]) => [
    uncapitalize(name),
    definition.responseStream ? streamMethod(definition, options) : unaryMethod(definition, options),
  ]);
  return Object.fromEntries(methods) as Client<S>;
}

function unaryMethod(definition: Definition, options: ClientOptions) {
  return async (request: object, call: CallOptions): Promise<object> => {
    const deadlineAtMs = deadlineIn(call.deadlineMs ?? defaultDeadlineMs);
    const bytes = encode(definition, request, options.maxMessageBytes);
    const outgoing = await outgoingOf(call, deadlineAtMs, options);
    return definition.responseDeserialize(await options.transport.unary(definition, bytes, outgoing));
  };
}

function streamMethod(definition: Definition, options: ClientOptions) {
  return (request: object, call: CallOptions): AsyncIterableIterator<object> => {
    const deadlineAtMs = call.deadlineMs === undefined ? undefined : deadlineIn(call.deadlineMs);
    const bytes = encode(definition, request, options.maxMessageBytes);
    const stream = options.transport.stream(definition, bytes);
    return new PulledStream({
      open: async (fail) => stream.open(await outgoingOf(call, deadlineAtMs, options), fail),
      read: (raw: unknown) => definition.responseDeserialize(stream.bytesOf(raw)),
      errorOf: (error) => stream.errorOf(error),
      close: (how) => stream.close(how),
    });
  };
}

const deadlineIn = (ms: number): number => Date.now() + Math.min(ms, longestDeadlineMs);

async function outgoingOf(
  call: CallOptions,
  deadlineAtMs: number | undefined,
  { signer, audience }: ClientOptions,
): Promise<Outgoing> {
  const contextText = await signer.sign(call.context, audience);
  if (call.signal?.aborted === true) throw cancelled(call.signal.reason);
  return { contextText, requestId: usableRequestId(call.requestId), signal: call.signal, deadlineAtMs };
}

function encode(definition: Definition, request: object, maxMessageBytes: number): Buffer {
  const bytes = definition.requestSerialize(request);
  if (bytes.length > maxMessageBytes)
    throw tooLarge('request', new Error(`${definition.path}: ${bytes.length} > ${maxMessageBytes} bytes`));
  return bytes;
}
