import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { AppError, isAppError } from '@sangha/errors';
import type { Dispatcher } from 'undici';
import type { Exchange } from '../exchange.ts';
import { headersFor } from '../headers-for.ts';
import { principalOf } from '../route.ts';
import { errorBody } from '../send-error.ts';
import { cutWhenStalled } from './cut-when-stalled.ts';
import type { DataPlane } from './data-plane.ts';
import { estimatedTokens } from './estimated-tokens.ts';
import { Gathered } from './gathered.ts';
import type { Endpoint } from './generation.ts';
import type { PreparedRemote } from './prepared-target.ts';
import { memberOf, memberValue, type ScannedObject } from './scan-json.ts';
import { type Addition, addition, spliceBody } from './splice-body.ts';
import { createSseTail, type SseTail } from './sse-tail.ts';
import { maxErrorBytes, refusalOf } from './upstream-refusal.ts';
import { usageInTail } from './usage-in-tail.ts';

export interface RemoteWork {
  readonly endpoint: Endpoint;
  readonly target: PreparedRemote;
  readonly body: Buffer;
  readonly object: ScannedObject;
  readonly reserved: number;
}

/** Sends the request's bytes to the provider and the provider's bytes to the caller, changing only what must change. */
export function forwardToUpstream(plane: DataPlane, exchange: Exchange, work: RemoteWork): void {
  const { target, body, object, endpoint } = work;
  if (target.apiFormat !== 'openai') {
    throw new AppError(
      'invalid_value',
      `This model speaks ${target.apiFormat}, which this endpoint does not. Use another endpoint or model.`,
      {
        param: 'model',
      },
    );
  }
  refuseOtherSpellings(object, target.additions.forced);
  const metering = endpoint.streams ? meteringOf(body, object) : plain;
  const forwarding = new Forwarding(plane, exchange, work, metering.hidesUsage);
  exchange.abort = (reason) => forwarding.abort(reason);
  plane.upstream.dispatch(
    {
      origin: target.origin,
      path: target.basePath + endpoint.upstreamPath,
      method: 'POST',
      headers: target.headers as string[],
      body: spliceBody(body, object, target.additions, metering.addition),
      // A long answer must not hold up others that wait for the same connection.
      blocking: true,
    },
    forwarding,
  );
}

/** What we decide about a request, besides what the target forces. */
const decided: ReadonlySet<string> = new Set(['model', 'stream', 'stream_options']);
const ordinary = /^[a-z0-9_]*$/;

/**
 * Some providers read keys without regard to case (Go's do, and count a long s as an s): `Model` behind our `model` would win.
 * @throws AppError `duplicate_key`
 */
function refuseOtherSpellings({ members }: ScannedObject, forced: readonly Addition[]): void {
  for (const { key } of members) {
    if (ordinary.test(key)) continue;
    const folded = key.toUpperCase().toLowerCase();
    if (folded === key || !(decided.has(folded) || forced.some((addition) => addition.key === folded))) continue;
    throw new AppError('duplicate_key', `The key "${key.slice(0, 64)}" is another spelling of "${folded}". Write it small.`, {
      param: key.slice(0, 64),
    });
  }
}

interface Metering {
  readonly addition: Addition | undefined;
  /** The caller did not ask for the usage chunk, so it is taken out again. */
  readonly hidesUsage: boolean;
}
const plain: Metering = { addition: undefined, hidesUsage: false };
const usageAdded: Metering = { addition: addition('stream_options', { include_usage: true }), hidesUsage: true };

/** Streams are metered by their usage chunk, so every stream asks for one. */
function meteringOf(body: Buffer, object: ScannedObject): Metering {
  const stream = memberOf(object, 'stream');
  if (stream === undefined || body[stream.start] !== 0x74) return plain;
  const options = memberOf(object, 'stream_options');
  if (options === undefined) return usageAdded;
  const said = memberValue(body, options);
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return usageAdded;
  if ((said as Record<string, unknown>).include_usage === true) return plain;
  return { addition: addition('stream_options', { ...said, include_usage: true }), hidesUsage: true };
}

const done = 'data: [DONE]\n\n';
/** Answers up to this size leave in one piece with their headers. */
const oneWriteBytes = 64 * 1024;
/** How much of a plain answer's end is searched for its usage. */
const tailBytes = 8 * 1024;

/** The life of one forwarded request. One object and no closures: this is the hot path. */
class Forwarding implements Dispatcher.DispatchHandler {
  readonly #plane: DataPlane;
  readonly #exchange: Exchange;
  readonly #res: ServerResponse;
  readonly #work: RemoteWork;
  readonly #hidesUsage: boolean;
  #controller: Dispatcher.DispatchController | undefined;
  /** Why we stopped by ourselves. */
  #stopped: AppError | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  /** Set while a stream of events is passed on. */
  #sse: SseTail | undefined;
  /** A refusal or a small answer, collected. */
  #collected: Gathered | undefined;
  /** The end of a large plain answer. */
  #tail: Buffer | undefined;
  #settled = false;

  constructor(plane: DataPlane, exchange: Exchange, work: RemoteWork, hidesUsage: boolean) {
    this.#plane = plane;
    this.#exchange = exchange;
    this.#res = exchange.res;
    this.#work = work;
    this.#hidesUsage = hidesUsage;
  }

  abort(reason: AppError): void {
    this.#stopped ??= reason;
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The caller left while the request waited for a connection.
    if (this.#stopped !== undefined) controller.abort(this.#stopped);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // 103 and its kin are about the connection to us.
    if (status < 200) return;
    const type = contentType(headers);
    // A portal or a wrong path, which no client of ours can read and no browser should render as ours.
    if (status < 300 && type.startsWith('text/html')) {
      controller.abort(notAModel());
      return;
    }
    this.#status = status;
    this.#headers = headers;
    if (status >= 300) {
      this.#collected = new Gathered();
      return;
    }
    if (type.startsWith('text/event-stream')) {
      this.#sse = createSseTail(this.#hidesUsage);
      const answer = headersFor(this.#exchange, type);
      // Proxies that collect an answer before they pass it on (nginx) are told not to.
      answer.push('cache-control', 'no-cache', 'x-accel-buffering', 'no');
      this.#res.writeHead(status, answer);
      this.#res.flushHeaders();
      return;
    }
    const length = headers['content-length'];
    if (length !== undefined && Number(length) <= oneWriteBytes) {
      this.#collected = new Gathered();
      return;
    }
    const answer = headersFor(this.#exchange, type);
    if (length !== undefined) answer.push('content-length', length);
    this.#pushEncoding(answer);
    this.#res.writeHead(status, answer);
    this.#tail = empty;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#collected !== undefined) {
      this.#collected.add(chunk);
      if (this.#status >= 300 && this.#collected.size > maxErrorBytes) {
        this.#refuse();
        controller.abort(notAModel());
      }
      return;
    }
    let piece = chunk;
    if (this.#sse !== undefined) {
      const whole = this.#sse.take(chunk);
      if (whole === undefined) return;
      piece = whole;
    } else this.#tail = endOf(this.#tail, chunk);
    if (!this.#res.write(piece)) {
      controller.pause();
      const stopWatching = cutWhenStalled(this.#res, this.#plane.config.stalledCallerMs);
      this.#res.once('close', stopWatching);
      this.#res.once('drain', () => {
        stopWatching();
        this.#res.off('close', stopWatching);
        controller.resume();
      });
    }
  }

  onResponseEnd(): void {
    if (this.#status >= 300) {
      this.#refuse();
      return;
    }
    if (this.#sse !== undefined) {
      const rest = this.#sse.rest();
      if (rest !== undefined) this.#res.write(rest);
      this.#res.end(this.#sse.ended ? undefined : done);
      this.#settle('completed');
      return;
    }
    if (this.#collected !== undefined) {
      const body = this.#collected.bytes;
      const answer = headersFor(this.#exchange, contentType(this.#headers));
      answer.push('content-length', String(body.length));
      this.#pushEncoding(answer);
      this.#res.writeHead(this.#status, answer);
      this.#res.end(body);
      this.#tail = body.length <= tailBytes ? body : body.subarray(-tailBytes);
      this.#settle('completed');
      return;
    }
    this.#res.end();
    this.#settle('completed');
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    // A refusal that was cut off is answered already.
    if (this.#settled) return;
    const error = this.#stopped ?? failureOf(cause);
    const outcome = error.code === 'cancelled' ? 'aborted' : 'failed';
    if (this.#sse !== undefined && !this.#res.destroyed) {
      // Half an event may be waiting; it is dropped, so that what follows begins on its own line.
      if (!this.#sse.ended) this.#res.write(`data: ${JSON.stringify(errorBody(error))}\n\n${done}`);
      this.#res.end();
      this.#plane.log.warn(
        { err: error, requestId: this.#exchange.requestId, origin: this.#work.target.origin },
        'remote stream broke',
      );
    } else if (error.code !== 'cancelled') this.#plane.fail(this.#exchange, error);
    this.#settle(outcome);
  }

  #pushEncoding(answer: string[]): void {
    const encoding = this.#headers['content-encoding'];
    if (typeof encoding === 'string') answer.push('content-encoding', encoding);
  }

  #refuse(): void {
    const { target } = this.#work;
    const body = this.#collected?.bytes ?? empty;
    this.#plane.fail(this.#exchange, refusalOf({ status: this.#status, headers: this.#headers, body, secrets: target.secrets }));
    this.#exchange.limits?.settle(this.#work.reserved, 0);
    this.#settled = true;
  }

  /** The provider's own count where it gave one, else what we saw. Once. */
  #settle(outcome: 'completed' | 'aborted' | 'failed'): void {
    if (this.#settled) return;
    this.#settled = true;
    const { target, reserved, body } = this.#work;
    // Who leaves before a provider answers has had it work all the same; how long, nobody knows: what was reserved stays spent.
    const leftEarly = this.#status === 0 && outcome === 'aborted' && this.#controller !== undefined;
    if ((this.#status === 0 || this.#status >= 300) && !leftEarly) {
      this.#exchange.limits?.settle(reserved, 0);
      return;
    }
    const usage = (this.#sse === undefined ? usageInTail(this.#tail) : this.#sse.usage) ?? {
      promptTokens: estimatedTokens(body.length),
      completionTokens: this.#sse?.frames ?? 0,
      cachedTokens: 0,
    };
    const used = usage.promptTokens + usage.completionTokens;
    this.#exchange.limits?.settle(reserved, leftEarly ? Math.max(reserved, used) : used);
    this.#plane.usage.record({
      principal: principalOf(this.#exchange),
      requestId: this.#exchange.requestId,
      model: target.modelId,
      promptTokens: usage.promptTokens,
      completionTokens: usage.completionTokens,
      cachedTokens: usage.cachedTokens,
      outcome,
    });
  }
}

const empty = Buffer.alloc(0);

function endOf(tail: Buffer | undefined, chunk: Buffer): Buffer {
  if (chunk.length >= tailBytes || tail === undefined || tail.length === 0) return chunk.subarray(-tailBytes);
  return Buffer.concat([tail, chunk]).subarray(-tailBytes);
}

/** A header that came twice is a list, whatever its type says. */
function contentType({ 'content-type': said = 'application/json' }: IncomingHttpHeaders): string {
  const several: string | readonly string[] = said;
  return typeof several === 'string' ? several : String((several as readonly string[])[0]);
}

const notAModel = (): AppError =>
  new AppError(
    'upstream_failed',
    'The provider of this model answered with something else than a model does. Check its base_url.',
  );

/** What went wrong between us and the provider, fit for the caller. */
function failureOf(cause: Error): AppError {
  if (isAppError(cause)) return cause;
  if (isAppError(cause.cause)) return cause.cause;
  const { code } = cause as { code?: unknown };
  if (typeof code === 'string' && code.includes('TIMEOUT')) {
    return new AppError('upstream_timeout', 'The provider of this model did not answer in time. Try again.', { cause });
  }
  return new AppError('upstream_unreachable', 'The provider of this model can not be reached or broke off. Try again.', {
    cause,
  });
}
