import { once } from 'node:events';
import { AppError, toAppError } from '@sangha/errors';
import type { Chunk, EngineUsage, Finished, GenerateEvent, GenerateRequest } from '../clients.ts';
import type { Exchange } from '../exchange.ts';
import { headersFor } from '../headers-for.ts';
import { principalOf } from '../route.ts';
import { errorBody } from '../send-error.ts';
import { cutWhenStalled } from './cut-when-stalled.ts';
import type { DataPlane } from './data-plane.ts';
import type { Settle } from './generation.ts';

/** Writes one dialect's events. Each function answers text for the wire; an empty text is not written. */
export interface StreamWriter {
  /** Before the first token. */
  begin(): string;
  /** Everything of one engine tick. */
  chunks(chunks: readonly Chunk[]): string;
  finish(finished: Finished): string;
}

const done = 'data: [DONE]\n\n';

/**
 * Runs a generation. Resolves with the events in order; aborts the runner's work when the caller leaves or we shut down.
 * What it throws after that is the reason of the abort.
 */
export async function* generate(plane: DataPlane, exchange: Exchange, request: GenerateRequest): AsyncGenerator<GenerateEvent> {
  // Between two generations of one request nobody listens for the caller's leaving.
  if (exchange.res.destroyed || exchange.res.writableEnded) throw new AppError('cancelled', 'The caller left.');
  const work = new AbortController();
  let reason: AppError | undefined;
  exchange.abort = (why) => {
    reason ??= why;
    work.abort(why);
  };
  try {
    yield* plane.inference.generate(request, {
      context: principalOf(exchange),
      requestId: exchange.requestId,
      signal: work.signal,
    });
  } catch (error) {
    throw reason ?? error;
  } finally {
    exchange.abort = undefined;
  }
}

/**
 * Streams a generation as server-sent events. Until the first byte every failure is a plain HTTP error (it rejects); afterwards
 * it becomes an error event, and the stream still ends with its terminal event. Settles the reservation.
 */
export async function streamLocal(
  plane: DataPlane,
  exchange: Exchange,
  events: AsyncIterable<GenerateEvent>,
  settle: Settle,
  writer: StreamWriter,
): Promise<void> {
  const { res } = exchange;
  let usage: EngineUsage | null = null;
  let seen = 0;
  let begun = false;
  let ended = false;
  try {
    for await (const event of events) {
      seen += tokensIn(event);
      let text = '';
      if (event.delta) text = writer.chunks(event.delta.chunks);
      else if (event.finished) {
        usage = event.finished.usage;
        ended = true;
        text = `${writer.finish(event.finished)}${done}`;
      } else if (event.started) continue;
      else if (plane.clock() - exchange.startedAtMs >= plane.config.waitCommentAfterMs) {
        openStream(exchange);
        await write(plane, exchange, waitComment(event));
        continue;
      }
      if (!begun && text !== '') {
        begun = true;
        openStream(exchange);
        text = writer.begin() + text;
      }
      if (text !== '') await write(plane, exchange, text);
    }
    if (!ended) throw new AppError('engine_crashed', 'The model stopped before its answer was complete. Try again.');
  } catch (thrown) {
    const error = toAppError(thrown);
    if (!res.headersSent) {
      settle(seen);
      throw error;
    }
    if (error.code !== 'cancelled') plane.log.warn({ err: error, requestId: exchange.requestId }, 'stream broke');
    if (!res.destroyed) res.write(`data: ${JSON.stringify(errorBody(error))}\n\n${done}`);
  }
  settle(tokensOf(usage) ?? seen);
  res.end();
}

/** A generation as a whole. Settles the reservation. */
export async function collectLocal(
  events: AsyncIterable<GenerateEvent>,
  settle: Settle,
  add: (chunks: readonly Chunk[]) => void,
): Promise<Finished> {
  let finished: Finished | undefined;
  let seen = 0;
  try {
    for await (const event of events) {
      seen += tokensIn(event);
      if (event.delta) add(event.delta.chunks);
      else if (event.finished) finished = event.finished;
    }
    if (finished === undefined)
      throw new AppError('engine_crashed', 'The model stopped before its answer was complete. Try again.');
    return finished;
  } finally {
    settle(tokensOf(finished?.usage ?? null) ?? seen);
  }
}

/** Answers with JSON in one write. */
export function sendJson(exchange: Exchange, value: unknown): void {
  const body = JSON.stringify(value);
  const headers = headersFor(exchange, 'application/json; charset=utf-8');
  headers.push('content-length', String(Buffer.byteLength(body)));
  exchange.res.writeHead(200, headers);
  exchange.res.end(body);
}

const tokensOf = (usage: EngineUsage | null): number | undefined =>
  usage === null ? undefined : usage.promptTokens + usage.completionTokens;

/** What a generation has used so far: whoever leaves before the engine's own count pays for this. */
function tokensIn({ started, delta }: GenerateEvent): number {
  if (started) return started.promptTokens;
  let tokens = 0;
  if (delta) for (const chunk of delta.chunks) tokens += chunk.tokens;
  return tokens;
}

function openStream(exchange: Exchange): void {
  if (exchange.res.headersSent) return;
  const headers = headersFor(exchange, 'text/event-stream; charset=utf-8');
  headers.push('cache-control', 'no-cache', 'x-accel-buffering', 'no');
  exchange.res.writeHead(200, headers);
}

/** A comment keeps proxies and impatient clients from giving up; parsers of server-sent events skip it. */
function waitComment({ queued, loading }: GenerateEvent): string {
  if (queued) return `: queued ${queued.position}\n\n`;
  return `: loading ${Math.floor((loading?.fraction ?? 0) * 100)}%\n\n`;
}

/** Waits when the caller reads slowly, so that nothing piles up; the runner's stream waits with us. */
async function write({ config }: DataPlane, { res }: Exchange, text: string): Promise<void> {
  if (res.destroyed) throw new AppError('cancelled', 'The caller left.');
  if (res.write(text)) return;
  const stopWatching = cutWhenStalled(res, config.stalledCallerMs);
  const left = new AbortController();
  const onClose = (): void => left.abort();
  res.once('close', onClose);
  try {
    await once(res, 'drain', { signal: left.signal });
  } catch {
    throw new AppError('cancelled', 'The caller left.');
  } finally {
    stopWatching();
    res.off('close', onClose);
  }
}
