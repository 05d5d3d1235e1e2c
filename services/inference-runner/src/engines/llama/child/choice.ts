import type { Token } from 'node-llama-cpp';
import type { ChoiceEnd } from '../../../../../../protos/generated/sangha/inference/v1/ChoiceEnd.ts';
import type { TokenLogprob } from '../../../../../../protos/generated/sangha/inference/v1/TokenLogprob.ts';
import { createAnswerOutput, type Reading } from './answer-output.ts';
import type { AnswerShape } from './constraint.ts';
import type { GenerationParts, LoadedModel } from './load-model.ts';
import type { Channel } from './outbox.ts';
import { createPieceText } from './piece-text.ts';
import { prefill } from './prefill.ts';
import type { SamplingPlan } from './sampling.ts';
import type { Lease } from './sequence-pool.ts';
import type { StallWatch } from './stall-watch.ts';
import type { Piece, TokenPieces } from './token-pieces.ts';
import { type Generated, tokenSource } from './token-source.ts';
import { toolCallMarkers } from './tool-calls.ts';

export interface ChoiceJob {
  index: number;
  lease: Lease;
  loaded: LoadedModel;
  parts: GenerationParts;
  channel: Channel;
  stall: StallWatch;
  prompt: readonly Token[];
  plan: SamplingPlan;
  shape: AnswerShape | undefined;
  reading: Reading;
  /** Tokens the answer may have. */
  limit: number;
  topLogprobs: number | undefined;
  ignoreEos: boolean;
  signal: AbortSignal;
}

export interface ChoiceResult {
  end: ChoiceEnd;
  /** When the first token was there, or the work ended before it (`performance.now`). */
  promptEnd: number;
}

/** The penalties look at this much of the answer. */
const recentTokens = 256;

/** One choice on its sequence: the rest of the prompt, then token after token until something ends it. */
export async function runChoice(job: ChoiceJob): Promise<ChoiceResult> {
  const { stall, parts } = job;
  stall.begin();
  parts.batches.enter();
  try {
    return await compute(job);
  } finally {
    parts.batches.leave();
    stall.end();
  }
}

async function compute(job: ChoiceJob): Promise<ChoiceResult> {
  const { index, lease, loaded, parts, channel, stall, prompt, plan, shape, reading, limit, topLogprobs, ignoreEos, signal } =
    job;
  const { sequence } = lease;
  const unread = prompt.slice(lease.cachedTokens);
  const mostPerStep = loaded.spec.batchSize;
  const tail = unread.slice(await prefill(sequence, unread, { signal, mostPerStep, onStep: stall.progress }));
  let promptEnd = performance.now();

  const recent: Token[] = [];
  const text = createPieceText();
  const output = createAnswerOutput(index, reading, channel.chunk);
  const visible = visibleControls(reading);
  let answer = '';
  let completionTokens = 0;
  let finishReason = signal.aborted ? 'abort' : 'length';

  if (tail.length > 0 && limit > 0 && !signal.aborted) {
    const tokens = tokenSource(sequence, tail, { plan, grammar: shape?.grammar, topLogprobs, recent: () => recent });
    const source = shape ? parts.deadEnds.guard(tokens) : tokens;
    for await (const generated of source) {
      stall.progress();
      if (completionTokens === 0) promptEnd = performance.now();
      if (signal.aborted) {
        finishReason = 'abort';
        break;
      }
      const piece = parts.pieces.of(generated.token);
      if (piece.endsGeneration && !ignoreEos) {
        finishReason = 'stop';
        break;
      }
      completionTokens += 1;
      if (plan.penalties) remember(recent, generated.token);
      const added = piece.control !== undefined && visible.has(piece.control) ? text.end() + piece.control : text.push(piece);
      if (shape?.validate) answer += added;
      output.push(added, 1, topLogprobs === undefined ? undefined : logprobOf(generated, piece, parts.pieces));
      if (output.stopSequence !== undefined) {
        finishReason = 'stop';
        break;
      }
      if (completionTokens >= limit) break;
      const room = channel.room(signal);
      if (room) await paused(job, room);
    }
  }
  output.push(text.end(), 0);
  output.end();
  if (finishReason === 'stop' && output.stopSequence === undefined) shape?.validate?.(answer);
  if (finishReason === 'stop' && output.calls > 0) finishReason = 'tool_calls';
  return {
    promptEnd,
    end: {
      index,
      finishReason,
      completionTokens,
      ...(output.stopSequence !== undefined && { stopSequence: output.stopSequence }),
    },
  };
}

/** The reader is behind: this choice waits, and nobody waits for it. */
async function paused({ parts, stall }: ChoiceJob, room: Promise<void>): Promise<void> {
  parts.batches.leave();
  stall.end();
  try {
    await room;
  } finally {
    stall.begin();
    parts.batches.enter();
  }
}

function visibleControls({ tools, reasoning }: Reading): Set<string> {
  return new Set([
    ...(tools ? toolCallMarkers[tools.format] : []),
    ...(reasoning ? [reasoning.tags.open, reasoning.tags.close] : []),
  ]);
}

function remember(recent: Token[], token: Token): void {
  recent.push(token);
  if (recent.length > recentTokens) recent.shift();
}

function logprobOf({ logprob = 0, top = [] }: Generated, piece: Piece, pieces: TokenPieces): TokenLogprob {
  return { ...named(piece), logprob, top: top.map((other) => ({ ...named(pieces.of(other.token)), logprob: other.logprob })) };
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const named = ({ bytes, control }: Piece): { token: string; bytes: Uint8Array } => ({
  token: control ?? decoder.decode(bytes),
  bytes,
});
