import type { ErrorCode } from '@sangha/errors';
import type { Chunk } from '../../../../../protos/generated/sangha/inference/v1/Chunk.ts';
import type { Finished } from '../../../../../protos/generated/sangha/inference/v1/Finished.ts';
import type { Started } from '../../../../../protos/generated/sangha/inference/v1/Started.ts';
import type { EngineEmbedRequest, EngineFacts, EngineRequest, EngineSpec } from '../../engine.ts';

/** What the parent says to its engine process. `id` is the parent's number for one request; it is never reused. */
export type ToChild =
  | { type: 'load'; spec: EngineSpec }
  | { type: 'generate'; id: number; request: EngineRequest }
  | { type: 'embed'; id: number; request: EngineEmbedRequest }
  /** The consumer took so many chunks: credit to produce as many more. */
  | { type: 'taken'; id: number; chunks: number }
  | { type: 'abort'; id: number };

/** What the engine process says. Everything that happened in one turn of its event loop, for all requests, is one `tick`. */
export type FromChild =
  | { type: 'progress'; fraction: number }
  | { type: 'ready'; facts: EngineFacts }
  | { type: 'load-failed'; error: WireError }
  | { type: 'tick'; items: TickItem[] };

export type TickItem =
  | { id: number; started: Started }
  | { id: number; chunks: Chunk[] }
  | { id: number; finished: Finished }
  | { id: number; embedded: { embeddings: Float32Array[]; promptTokens: number } }
  | { id: number; error: WireError };

/** An AppError on its way between the two processes. `cause` is text for the log. */
export interface WireError {
  code: ErrorCode;
  message: string;
  param?: string | undefined;
  params?: Record<string, string | number | boolean> | undefined;
  retryAfterSecs?: number | undefined;
  cause?: string | undefined;
}

/**
 * Chunks that may be under way for one request without the consumer having taken them. At zero the engine pauses that
 * request alone; so memory per request is bounded whatever the reader does.
 */
export const chunkWindow = 256;
