import { ChannelCredentials, Client as GrpcClient, Metadata, type ServiceError } from '@grpc/grpc-js';
import { AppError } from '@sangha/errors';
import type { ContextSigner } from '@sangha/identity';
import type { ServiceContract } from '@sangha/protos';
import type { CallOptions, Client } from './contract.ts';
import { contextKey, defaultMaxMessageBytes, defaultUnaryDeadlineMs, lowerFirst, requestIdKey, statusToError } from './wire.ts';

export interface DialOptions {
  /** `host:port`, `dns:///name:port` (round robin over its addresses) or `unix:/path`. */
  address: string;
  /** The service's name in signed contexts. */
  audience: string;
  signer: ContextSigner;
  maxMessageBytes?: number;
  /** PEM; `certificate` and `key` for mutual TLS. Without it the connection is plain. */
  tls?: { ca: Buffer; certificate?: Buffer; key?: Buffer };
}

export type Dialed<S> = Client<S> & { close(): void };

/** A client over the network. It connects at its first call and reconnects by itself. */
export function dial<S extends ServiceContract<unknown, unknown>>(contract: S, options: DialOptions): Dialed<S> {
  const maxMessageBytes = options.maxMessageBytes ?? defaultMaxMessageBytes;
  const { tls } = options;
  const client = new GrpcClient(
    options.address,
    tls ? ChannelCredentials.createSsl(tls.ca, tls.key ?? null, tls.certificate ?? null) : ChannelCredentials.createInsecure(),
    {
      'grpc.max_receive_message_length': maxMessageBytes,
      'grpc.max_send_message_length': maxMessageBytes,
      'grpc.keepalive_time_ms': 30_000,
      'grpc.keepalive_timeout_ms': 10_000,
      ...(options.address.startsWith('dns:')
        ? { 'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }) }
        : {}),
    },
  );
  const methods: Record<string, unknown> = { close: () => client.close() };
  for (const [name, { path, requestSerialize, responseDeserialize, responseStream }] of Object.entries(contract.methods)) {
    methods[lowerFirst(name)] = responseStream
      ? (request: object, call: CallOptions) =>
          stream(client, path, requestSerialize, responseDeserialize, request, call, options)
      : (request: object, call: CallOptions) =>
          unary(client, path, requestSerialize, responseDeserialize, request, call, options);
  }
  return methods as Dialed<S>;
}

type Serialize = (value: object) => Buffer;
type Deserialize = (bytes: Buffer) => object;

async function metadataOf({ context, requestId }: CallOptions, { signer, audience }: DialOptions): Promise<Metadata> {
  const metadata = new Metadata();
  metadata.set(contextKey, await signer.sign(context, audience));
  if (requestId) metadata.set(requestIdKey, requestId);
  return metadata;
}

async function unary(
  client: GrpcClient,
  path: string,
  serialize: Serialize,
  deserialize: Deserialize,
  request: object,
  call: CallOptions,
  options: DialOptions,
): Promise<object> {
  const metadata = await metadataOf(call, options);
  refuseAborted(call.signal);
  return new Promise((resolve, reject) => {
    const running = client.makeUnaryRequest(
      path,
      serialize,
      deserialize,
      request,
      metadata,
      { deadline: Date.now() + (call.deadlineMs ?? defaultUnaryDeadlineMs) },
      (failure, response) => {
        call.signal?.removeEventListener('abort', cancel);
        if (failure) reject(statusToError(failure));
        else resolve(response as object);
      },
    );
    const cancel = () => running.cancel();
    call.signal?.addEventListener('abort', cancel, { once: true });
  });
}

async function* stream(
  client: GrpcClient,
  path: string,
  serialize: Serialize,
  deserialize: Deserialize,
  request: object,
  call: CallOptions,
  options: DialOptions,
): AsyncGenerator<object> {
  const metadata = await metadataOf(call, options);
  refuseAborted(call.signal);
  const incoming = client.makeServerStreamRequest(
    path,
    serialize,
    deserialize,
    request,
    metadata,
    call.deadlineMs === undefined ? {} : { deadline: Date.now() + call.deadlineMs },
  );
  const cancel = () => incoming.cancel();
  call.signal?.addEventListener('abort', cancel, { once: true });
  try {
    yield* incoming;
  } catch (failure) {
    throw typeof (failure as ServiceError).code === 'number' ? statusToError(failure as ServiceError) : failure;
  } finally {
    call.signal?.removeEventListener('abort', cancel);
    incoming.cancel();
  }
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('cancelled', 'The request was cancelled.');
}
