import type { OrgId } from '@sangha/identity';
import type { ChatInput__Output } from '../../../protos/generated/sangha/inference/v1/ChatInput.ts';
import type { Constraint__Output } from '../../../protos/generated/sangha/inference/v1/Constraint.ts';
import type { Delta } from '../../../protos/generated/sangha/inference/v1/Delta.ts';
import type { Finished } from '../../../protos/generated/sangha/inference/v1/Finished.ts';
import type { Sampling__Output } from '../../../protos/generated/sangha/inference/v1/Sampling.ts';
import type { Started } from '../../../protos/generated/sangha/inference/v1/Started.ts';

/**
 * The seam between the runner (queues, admission, metering, restarts) and whatever computes tokens.
 * `llama.ts` runs node-llama-cpp in a child process, `scripted.ts` is for tests, an upstream server can come later.
 * An engine holds one model. It never queues: the runner asks for at most `facts.sequences` choices at once.
 */
export interface EngineFactory {
  /** Resolves when tokens can be asked for. Rejects with `model_load_failed`, `no_memory`, `model_unusable`. Aborting kills the attempt. */
  open(spec: EngineSpec, options: { signal: AbortSignal; onProgress: (fraction: number) => void }): Promise<Engine>;
}

export interface EngineSpec {
  modelPath: string;
  sha256: string;
  /** Tokens per sequence. */
  contextSize: number;
  /** Requests that generate at once. */
  sequences: number;
  batchSize: number;
  threads: number;
  /** 0 = CPU only. */
  gpuLayers: number;
  /** Jinja source; empty = the model has none and chat is refused with `no_chat_template`. */
  chatTemplate: string;
}

export interface EngineFacts {
  kind: 'generation' | 'embedding';
  contextSize: number;
  sequences: number;
  trainedContextSize: number;
  vocabularySize: number;
  /** Of the whole child process, after loading. */
  residentBytes: number;
}

export interface Engine {
  readonly facts: EngineFacts;
  /**
   * Yields `started` once, `delta`s (everything of one tick together), then exactly one `finished`; or throws an AppError.
   * KV state of a sequence belongs to `request.orgId`: it is wiped before another organisation's request uses it, and prefixes
   * are reused only inside one organisation. Aborting `signal` ends the work within 250 ms, also in prefill, and still yields
   * a last `finished` with the exact usage so far (the runner meters it), with finish_reason `abort`.
   */
  generate(request: EngineRequest, signal: AbortSignal): AsyncIterable<EngineEvent>;
  /**
   * One vector per input and the tokens of all. After an abort it resolves when the work on it has stopped, with the inputs that
   * were done until then (the runner meters them), or throws `cancelled` when there are none.
   */
  embed(request: EngineEmbedRequest, signal: AbortSignal): Promise<{ embeddings: Float32Array[]; promptTokens: number }>;
  /**
   * Bytes that it holds at this moment, without mapped files; undefined when it can't be told. Asked once a second while it
   * works: a request that makes native code grow without end costs its engine, not the machine.
   */
  memoryBytes?(): Promise<number | undefined>;
  /** Settles once, when the process is gone, for whatever reason. */
  readonly exited: Promise<{ expected: boolean; reason: string }>;
  /** Ends the process; memory is free when it resolves. */
  close(): Promise<void>;
}

export interface EngineRequest {
  orgId: OrgId;
  requestId: string;
  input: { chat: ChatInput__Output } | { prompt: string } | { promptTokens: number[] };
  sampling: Sampling__Output;
  /** Absent = to the end of the context. */
  maxTokens?: number;
  stop: string[];
  /** Choices, each on its own sequence; prompt work is shared where possible. */
  n: number;
  /** Present = logprobs wanted, with so many alternatives. */
  topLogprobs?: number;
  constraint?: Constraint__Output;
  ignoreEos: boolean;
}

export type EngineEvent = { started: Started } | { delta: Delta } | { finished: Finished };

export interface EngineEmbedRequest {
  orgId: OrgId;
  inputs: ({ text: string } | { tokens: number[] })[];
}
