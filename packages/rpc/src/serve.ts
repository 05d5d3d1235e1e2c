import { once } from 'node:events';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type AppError, isAppError, toAppError } from '@sangha/errors';
import { type ContextVerifier, newUlid } from '@sangha/identity';
import type { Call, Implementation } from './contract.ts';
import { cleanRequestId, contextKey, defaultMaxMessageBytes, errorToStatus, lowerFirst, requestIdKey } from './wire.ts';

export interface ServeOptions {
  /** `127.0.0.1:0` (0 = any free port), or `unix:/run/sangha/registry.sock`. */
  address: string;
  services: readonly Implementation[];
  /** Refuses calls whose signed context is missing or not for this service. */
  verifier: ContextVerifier;
  /** Told of every failure that is not an AppError, whole; callers see `internal`. */
  onError?: (error: unknown, method: string, requestId: string) => void;
  maxMessageBytes?: number;
  /** Connections are renewed at this age, so that new replicas get their share. Default 30 min. */
  maxConnectionAgeMs?: number;
  /** PEM. With `ca`, clients must show a certificate that it signed. Without any, the connection is plain. */
  tls?: { certificate: Buffer; key: Buffer; ca?: Buffer };
}

export interface RpcServer {
  /** The address to dial, with the real port. */
  readonly address: string;
  /** Stops accepting, lets running calls finish for `graceMs` (default 0), then ends them. */
  close(graceMs?: number): Promise<void>;
}

/** Serves implementations over gRPC. Health checking (grpc.health.v1) comes with the processes of the cluster. */
export async function serve(options: ServeOptions): Promise<RpcServer> {
  const maxMessageBytes = options.maxMessageBytes ?? defaultMaxMessageBytes;
  const server = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc.max_connection_age_ms': options.maxConnectionAgeMs ?? 30 * 60_000,
    'grpc.max_connection_age_grace_ms': 10 * 60_000,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
  });
  for (const { contract, handlers } of options.services) {
    const wrapped: UntypedServiceImplementation = {};
    for (const [name, method] of Object.entries(contract.methods)) {
      const handler = handlers[lowerFirst(name)] as ((request: unknown, call: Call) => unknown) | undefined;
      if (!handler) throw new Error(`${contract.name} has no handler for ${name}`);
      wrapped[name] = method.responseStream ? streaming(handler, method.path, options) : unary(handler, method.path, options);
    }
    server.addService(contract.methods, wrapped);
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(options.address, credentials(options.tls), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return {
    address: options.address.startsWith('unix:') ? options.address : options.address.replace(/:\d+$/, `:${port}`),
    close: (graceMs = 0) => closeServer(server, graceMs),
  };
}

function credentials(tls: ServeOptions['tls']): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(
    tls.ca ?? null,
    [{ cert_chain: tls.certificate, private_key: tls.key }],
    tls.ca !== undefined,
  );
}

function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}

type AnyCall = ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>;

async function open(call: AnyCall, { verifier }: ServeOptions): Promise<{ call: Call; controller: AbortController }> {
  const controller = new AbortController();
  call.on('cancelled', () => controller.abort());
  const text = (key: string): string | undefined => {
    const [value] = call.metadata.get(key);
    return typeof value === 'string' ? value : undefined;
  };
  const context = await verifier.verify(text(contextKey) ?? '');
  return { call: { context, requestId: cleanRequestId(text(requestIdKey)) ?? newUlid(), signal: controller.signal }, controller };
}

function unary(
  handler: (request: unknown, call: Call) => unknown,
  path: string,
  options: ServeOptions,
): handleUnaryCall<unknown, unknown> {
  return (incoming, respond) => {
    let requestId = '';
    open(incoming, options)
      .then(async ({ call }) => {
        requestId = call.requestId;
        respond(null, await handler(incoming.request, call));
      })
      .catch((error: unknown) => respond(errorToStatus(reported(error, path, requestId, options))));
  };
}

function streaming(
  handler: (request: unknown, call: Call) => unknown,
  path: string,
  options: ServeOptions,
): handleServerStreamingCall<unknown, unknown> {
  return async (outgoing) => {
    let requestId = '';
    try {
      const { call, controller } = await open(outgoing, options);
      requestId = call.requestId;
      // A caller that leaves ends the wait for its reader as well as the handler's own work.
      for await (const message of handler(outgoing.request, call) as AsyncIterable<unknown>) {
        if (controller.signal.aborted) return;
        if (!outgoing.write(message)) await once(outgoing, 'drain', { signal: controller.signal });
      }
      outgoing.end();
    } catch (error) {
      if (outgoing.cancelled) return;
      const { code, details, metadata } = errorToStatus(reported(error, path, requestId, options));
      outgoing.emit('error', { code, details, metadata: metadata ?? new Metadata() });
    }
  };
}

function reported(error: unknown, path: string, requestId: string, { onError }: ServeOptions): AppError {
  const known = toAppError(error);
  if (!isAppError(error) && known.code === 'internal') onError?.(error, path, requestId);
  return known;
}
