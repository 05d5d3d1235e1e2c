import type { handleServerStreamingCall, handleUnaryCall } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type { Context } from '@sangha/identity';
import type { ServiceContract } from '@sangha/protos';

/** What a handler knows of the call besides the request. */
export interface Call {
  /** Verified before the handler runs. */
  readonly context: Context;
  /** `x-request-id` of the outside request; made up when the caller sent none. */
  readonly requestId: string;
  /** Aborts when the caller hangs up, its deadline passes, or the server stops for good. */
  readonly signal: AbortSignal;
}

export interface CallOptions {
  /** Who asks; signed by the client for the service's audience. */
  context: Context;
  requestId?: string;
  signal?: AbortSignal;
  /** From now. Default 10 s for unary calls; streams have none unless given. */
  deadlineMs?: number;
}

type Names<T> = keyof { [K in keyof T as string extends K ? never : number extends K ? never : K]: 0 } & keyof T & string;
type InputOf<D> = D extends MethodDefinition<infer Request, infer _R, infer _RO, infer _SO> ? Request : never;
type OutputOf<D> = D extends MethodDefinition<infer _Q, infer _R, infer _QO, infer ResponseOutput> ? ResponseOutput : never;

type ClientMethod<D, H> =
  H extends handleServerStreamingCall<infer _Q, infer _R>
    ? (request: InputOf<D>, options: CallOptions) => AsyncIterable<OutputOf<D>>
    : H extends handleUnaryCall<infer _Q2, infer _R2>
      ? (request: InputOf<D>, options: CallOptions) => Promise<OutputOf<D>>
      : never;

type HandlerMethod<H> =
  H extends handleServerStreamingCall<infer Request, infer Response>
    ? (request: Request, call: Call) => AsyncIterable<Response>
    : H extends handleUnaryCall<infer Request2, infer Response2>
      ? (request: Request2, call: Call) => Promise<Response2>
      : never;

/** The promise-shaped client of a service: `createToken(request, { context })`, streams as async iterables. */
export type Client<S> =
  S extends ServiceContract<infer D, infer H>
    ? { [M in Names<D> & Names<H> as Uncapitalize<M>]: ClientMethod<D[M], H[M]> }
    : never;

/** What a service writes: a function per method, errors thrown as AppError. */
export type Handlers<S> =
  S extends ServiceContract<infer _D, infer H> ? { [M in Names<H> as Uncapitalize<M>]: HandlerMethod<H[M]> } : never;

/** A contract with its handlers, ready to be served or called in the same process. Types checked by `implement`. */
export interface Implementation {
  readonly contract: ServiceContract<unknown, unknown>;
  readonly handlers: Record<string, (request: never, call: Call) => unknown>;
}

export const implement = <S extends ServiceContract<unknown, unknown>>(contract: S, handlers: Handlers<S>): Implementation => ({
  contract,
  handlers: handlers as Implementation['handlers'],
});
