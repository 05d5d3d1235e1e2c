import { chmod, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type StatusObject,
} from '@grpc/grpc-js';
import { AppError } from '@sangha/errors';
import type { ContextVerifier } from '@sangha/identity';
import type { Implementation } from './contract.ts';
import { createDispatcher, type Dispatcher, type ErrorPlace, type Incoming, type Method, type Running } from './dispatcher.ts';
import { contextKey, defaultMaxMessageBytes, errorKey, requestIdKey } from './metadata.ts';
import { cancelled, deadlineExceeded, type WireFailure } from './wire-error.ts';

export interface ServeOptions {
  /** `host:port` (port 0 = any free one) or `unix:/path`. */
  address: string;
  services: readonly Implementation[];
  verifier: ContextVerifier;
  /** PEM. With `ca` every client must show a certificate signed by it. Without `tls` the connection is plain. */
  tls?: { certificate: Buffer; key: Buffer; ca?: Buffer };
  /** In either direction. Default 16 MiB. */
  maxMessageBytes?: number;
  /** After this a connection takes no new calls, so that clients find new replicas; running calls finish. Default 5 min. */
  maxConnectionAgeMs?: number;
  /** Told every error that callers see only as `internal`. Default: standard error. */
  onError?: (error: unknown, place: ErrorPlace) => void;
}

export interface RpcServer {
  /** What clients dial: with the real port, or the socket's path as given. */
  readonly address: string;
  /** Takes no new calls, waits `graceMs` (default 10 s) for running ones, then ends them with `shutting_down`. */
  close(graceMs?: number): Promise<void>;
}

const defaultGraceMs = 10_000;
const defaultConnectionAgeMs = 300_000;
// For the last statuses to leave before connections are cut.
const farewellMs = 500;

/** Serves over TCP or a unix socket. Rejects with `port_in_use` when somebody else listens there. */
export async function serve(options: ServeOptions): Promise<RpcServer> {
  const { maxMessageBytes = defaultMaxMessageBytes } = options;
  const dispatcher = createDispatcher({
    services: options.services,
    verifier: options.verifier,
    maxMessageBytes,
    onError: options.onError,
  });
  const server = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    // The dispatcher holds the limit of answers, with an error that says so.
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.max_connection_age_ms': options.maxConnectionAgeMs ?? defaultConnectionAgeMs,
  });
  for (const method of dispatcher.methods.values()) register(server, dispatcher, method);
  const address = await bind(server, options);
  let closing: Promise<void> | undefined;
  return { address, close: (graceMs = defaultGraceMs) => (closing ??= shutDown(server, dispatcher, graceMs)) };
}

function register(server: Server, dispatcher: Dispatcher, method: Method): void {
  const { path, responseStream } = method.definition;
  if (responseStream) server.register(path, streamHandler(dispatcher, method), asIs, asIs, 'serverStream');
  else server.register(path, unaryHandler(dispatcher, method), asIs, asIs, 'unary');
}

const unaryHandler =
  (dispatcher: Dispatcher, method: Method): handleUnaryCall<Buffer, Buffer> =>
  (call, callback) => {
    const running = dispatcher.begin(method, incomingOf(call.metadata), (failure) => callback(statusOf(failure)));
    call.on('cancelled', () => running.abort(hungUp(call)));
    dispatcher.unary(running, call.request).then(
      (bytes) => {
        if (running.ended) return;
        running.end();
        callback(null, bytes);
      },
      (error) => {
        const failure = dispatcher.failureOf(running, error);
        if (running.ended) return;
        running.end();
        callback(statusOf(failure));
      },
    );
  };

const streamHandler =
  (dispatcher: Dispatcher, method: Method): handleServerStreamingCall<Buffer, Buffer> =>
  (call) => {
    const running = dispatcher.begin(method, incomingOf(call.metadata), (failure) => call.emit('error', statusOf(failure)));
    call.on('cancelled', () => running.abort(hungUp(call)));
    pump(dispatcher, running, call).then(
      () => {
        if (running.ended) return;
        running.end({ exhausted: true });
        call.end();
      },
      (error) => {
        const failure = dispatcher.failureOf(running, error);
        if (running.ended) return;
        running.end();
        call.emit('error', statusOf(failure));
      },
    );
  };

/** Moves messages from the handler to the caller at the caller's pace. */
async function pump(dispatcher: Dispatcher, running: Running, call: ServerWritableStream<Buffer, Buffer>): Promise<void> {
  const iterator = await dispatcher.stream(running, call.request);
  while (!running.ended) {
    const result = await iterator.next();
    if (result.done === true || running.ended) return;
    const hasRoom = call.write(dispatcher.encode(running, result.value));
    if (!hasRoom) await drained(call, running.signal);
  }
}

const drained = (call: ServerWritableStream<Buffer, Buffer>, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const go = () => {
      call.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    call.once('drain', go);
    signal.addEventListener('abort', go, { once: true });
  });

/** Why a call that the transport reports as cancelled was given up. */
const hungUp = (call: { getDeadline(): Date | number }): AppError =>
  Date.now() >= Number(call.getDeadline()) ? deadlineExceeded() : cancelled();

const incomingOf = (metadata: Metadata): Incoming => ({
  contextText: single(metadata, contextKey),
  requestId: single(metadata, requestIdKey),
});

function single(metadata: Metadata, key: string): string | undefined {
  const values = metadata.get(key);
  return values.length === 1 ? values[0]?.toString() : undefined;
}

function statusOf({ status, details, trailer }: WireFailure): StatusObject & Error {
  const metadata = new Metadata();
  if (trailer !== undefined) metadata.set(errorKey, trailer);
  return { name: 'Error', message: details, code: status, details, metadata };
}

const asIs = (bytes: Buffer): Buffer => bytes;

async function bind(server: Server, { address, tls }: ServeOptions): Promise<string> {
  const path = unixPathOf(address);
  if (path !== undefined) await removeStaleSocket(path);
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          tls.ca ?? null,
          [{ cert_chain: tls.certificate, private_key: tls.key }],
          tls.ca !== undefined,
        );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else if (error.message.includes('EADDRINUSE')) reject(inUse(address, error));
      else reject(new Error(`Cannot listen on ${address}: ${error.message}`, { cause: error }));
    });
  });
  if (path === undefined) return address.replace(/:\d+$/, `:${port}`);
  // Whoever may write to the socket may call; the signed context still decides what.
  await chmod(path, 0o600);
  return address;
}

const unixPathOf = (address: string): string | undefined =>
  address.startsWith('unix:') ? address.slice('unix:'.length).replace(/^\/\/(?=\/)/, '') : undefined;

/** A killed process leaves its socket's file behind; it is in the way only if nobody answers there. */
async function removeStaleSocket(path: string): Promise<void> {
  const problem = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', resolve);
  });
  if (problem === undefined) throw inUse(path);
  if (problem.code === 'ECONNREFUSED') await unlink(path);
}

const inUse = (address: string, cause?: unknown) =>
  new AppError('port_in_use', `Another process listens on ${address}. Stop it, or choose another address.`, { cause });

async function shutDown(server: Server, dispatcher: Dispatcher, graceMs: number): Promise<void> {
  const finished = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  if (await within(finished, graceMs)) return;
  dispatcher.stop();
  if (await within(finished, farewellMs)) return;
  server.forceShutdown();
}

async function within(finished: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const inTime = await Promise.race([finished.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
