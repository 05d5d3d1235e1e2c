import {
  Client as Channel,
  type ChannelOptions,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { ContextSigner } from '@sangha/identity';
import type { ServiceContract } from '@sangha/protos';
import { createClient, type Outgoing, type OutgoingStream, type Transport } from './client.ts';
import type { Client } from './contract.ts';
import { uncapitalize } from './dispatcher.ts';
import { contextKey, defaultMaxMessageBytes, errorKey, requestIdKey } from './metadata.ts';
import { fromWire } from './wire-error.ts';

type Definition = ServiceContract<unknown, unknown>['methods'][string];

export interface DialOptions<Method extends string = string> {
  /** `host:port`, `dns:///name:port` (balanced over all addresses of the name) or `unix:/path`. */
  address: string;
  /** The name of the service there; contexts are signed for it. */
  audience: string;
  signer: ContextSigner;
  /** PEM. `certificate` and `key` where the server asks for them. Without `tls` the connection is plain. */
  tls?: { ca?: Buffer; certificate?: Buffer; key?: Buffer };
  /** In either direction. Default 16 MiB. */
  maxMessageBytes?: number;
  /** Methods that are safe to run twice: tried up to three times while the service cannot be reached. */
  idempotent?: readonly Method[];
}

/** A client with its connection; `close` ends running calls. */
export type Dialed<S> = Client<S> & { close(): void };

/** The client of a service over TCP or a unix socket. Connects at the first call and again after a loss. */
export function dial<S extends ServiceContract<unknown, unknown>>(
  contract: S,
  options: DialOptions<keyof Client<S> & string>,
): Dialed<S> {
  const { audience, signer, maxMessageBytes = defaultMaxMessageBytes, tls } = options;
  const security = tls === undefined ? credentials.createInsecure() : credentials.createSsl(tls.ca, tls.key, tls.certificate);
  const channel = new Channel(options.address, security, channelOptions(contract, options, maxMessageBytes));
  const client = createClient(contract, { transport: createChannelTransport(channel), audience, signer, maxMessageBytes });
  return Object.assign(client, { close: () => channel.close() });
}

function channelOptions(
  contract: ServiceContract<unknown, unknown>,
  options: DialOptions,
  maxMessageBytes: number,
): ChannelOptions {
  return {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': -1, // the client checks before it sends
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    // A service that came back is found within seconds; the default waits up to two minutes.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 5_000,
    'grpc.enable_http_proxy': 0, // calls between our services never leave through a proxy of the environment
    'grpc.service_config_disable_resolution': 1, // nor does a DNS record configure them
    'grpc.service_config': JSON.stringify(serviceConfig(contract, options)),
  };
}

function serviceConfig(contract: ServiceContract<unknown, unknown>, { address, idempotent = [] }: DialOptions): object {
  const balancer = address.startsWith('unix:') ? 'pick_first' : 'round_robin';
  const names = Object.keys(contract.methods).filter((name) => idempotent.includes(uncapitalize(name)));
  const retryPolicy = {
    maxAttempts: 3,
    initialBackoff: '0.1s',
    maxBackoff: '1s',
    backoffMultiplier: 2,
    retryableStatusCodes: ['UNAVAILABLE'],
  };
  return {
    loadBalancingConfig: [{ [balancer]: {} }],
    methodConfig: names.length === 0 ? [] : [{ name: names.map((method) => ({ service: contract.name, method })), retryPolicy }],
  };
}

function createChannelTransport(channel: Channel): Transport {
  return {
    unary: (definition, request, outgoing) =>
      new Promise((resolve, reject) => {
        const { signal } = outgoing;
        const cancel = () => call.cancel();
        const call = channel.makeUnaryRequest(
          definition.path,
          asIs,
          asIs,
          request,
          metadataOf(outgoing),
          limitsOf(outgoing),
          (error, bytes) => {
            signal?.removeEventListener('abort', cancel);
            if (error === null && bytes !== undefined) resolve(bytes);
            else reject(appErrorOf(error, signal?.aborted === true));
          },
        );
        signal?.addEventListener('abort', cancel, { once: true });
      }),

    stream: (definition, request) => createChannelStream(channel, definition, request),
  };
}

function createChannelStream(channel: Channel, definition: Definition, request: Buffer): OutgoingStream<unknown> {
  let call: ClientReadableStream<Buffer> | undefined;
  let signal: AbortSignal | undefined;
  const cancel = () => call?.cancel();

  return {
    async open(outgoing) {
      signal = outgoing.signal;
      call = channel.makeServerStreamRequest(definition.path, asIs, asIs, request, metadataOf(outgoing), limitsOf(outgoing));
      // The iterator reports errors; after it was returned nobody listens, and the cancellation must not end the process.
      call.on('error', () => {});
      signal?.addEventListener('abort', cancel, { once: true });
      return call[Symbol.asyncIterator]();
    },
    bytesOf: (raw) => raw as Buffer,
    errorOf: (error) => (call === undefined ? error : appErrorOf(error, signal?.aborted === true)),
    close(how) {
      signal?.removeEventListener('abort', cancel);
      if (how !== 'done') cancel();
    },
  };
}

function metadataOf({ contextText, requestId }: Outgoing): Metadata {
  const metadata = new Metadata();
  metadata.set(contextKey, contextText);
  if (requestId !== undefined) metadata.set(requestIdKey, requestId);
  return metadata;
}

const limitsOf = ({ deadlineAtMs }: Outgoing) => (deadlineAtMs === undefined ? {} : { deadline: deadlineAtMs });

const asIs = (bytes: Buffer): Buffer => bytes;

function appErrorOf(error: unknown, callerCancelled: boolean) {
  const { code, details, metadata } = error as Partial<ServiceError>;
  if (typeof code !== 'number') return error;
  return fromWire({ status: code, details: details ?? '', trailer: metadata?.get(errorKey)[0]?.toString() }, callerCancelled);
}
