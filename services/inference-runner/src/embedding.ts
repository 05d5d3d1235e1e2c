import { AppError, toAppError } from '@sangha/errors';
import type { OrgContext } from '@sangha/identity';
import type { EmbedResponse } from '../../../protos/generated/sangha/inference/v1/EmbedResponse.ts';
import { estimatePromptCost } from './domain/token-cost.ts';
import type { EngineEmbedRequest } from './engine.ts';
import type { InferenceDeps } from './generation.ts';
import type { AskedEmbedding } from './parse-embed.ts';
import { workOnTurn } from './work-on-turn.ts';

type Inputs = EngineEmbedRequest['inputs'];

// One turn's worth: a caller with thousands of inputs takes many turns, and others get theirs in between.
const inputsPerTurn = 32;
const tokensPerTurn = 8_192;
// Between two turns of one request the model must not be unloaded.
const betweenTurnsMs = 5_000;
// One input is one step that nothing can interrupt, and takes far longer than a step of a prompt.
const stopStretch = 8;

/** Vectors for all inputs, in order, and exactly what they cost; metered also when it ends early. */
export async function runEmbedding(
  deps: InferenceDeps,
  context: OrgContext,
  asked: AskedEmbedding,
  signal: AbortSignal,
): Promise<EmbedResponse> {
  const { metrics, usage } = deps;
  const progress = { embeddings: [] as Float32Array[], promptTokens: 0 };
  let failure: AppError | undefined;
  try {
    await embedInTurns(deps, context, asked, signal, progress);
  } catch (error) {
    failure = toAppError(error);
  }
  const outcome =
    failure === undefined ? 'completed' : signal.aborted ? 'aborted' : progress.promptTokens > 0 ? 'failed' : 'refused';
  metrics.ended('embed', outcome);
  if (progress.promptTokens > 0 && outcome !== 'refused') {
    const tokens = { promptTokens: progress.promptTokens, completionTokens: 0, cachedTokens: 0 };
    metrics.used(tokens);
    await usage.record({ context, requestId: asked.requestId, modelId: asked.modelId, outcome, ...tokens });
  }
  if (failure) throw failure;
  return {
    embeddings: progress.embeddings.map((vector) => ({ values: Array.from(vector) })),
    promptTokens: progress.promptTokens,
  };
}

async function embedInTurns(
  { pool, clock, config, metrics }: InferenceDeps,
  context: OrgContext,
  { model, modelId, inputs }: AskedEmbedding,
  signal: AbortSignal,
  progress: { embeddings: Float32Array[]; promptTokens: number },
): Promise<void> {
  const resolved = await pool.resolve(model, 'embedding');
  const keepAliveMs = (model.keepAliveSecs ?? config.keepAliveSecs) * 1_000;
  const batches = batchesOf(inputs);
  for (const [index, batch] of batches.entries()) {
    const isLast = index === batches.length - 1;
    const turn = await pool.turn(resolved, {
      orgId: context.orgId,
      modelId,
      cost: costOf(batch),
      slots: 1,
      keepAliveMs: isLast ? keepAliveMs : Math.max(keepAliveMs, betweenTurnsMs),
      continued: index > 0,
      signal,
      onNews: () => undefined,
    });
    metrics.waited(turn.queueMs / 1_000);
    const stop = AbortSignal.any([signal, turn.lost]);
    let cost = 0;
    try {
      const stopMs = config.engineStopMs * stopStretch;
      const { embeddings, promptTokens } = await workOnTurn(turn, { signal: stop, clock, stopMs }, () =>
        turn.engine.embed({ orgId: context.orgId, inputs: batch }, stop),
      );
      cost = promptTokens;
      progress.promptTokens += promptTokens;
      progress.embeddings.push(...embeddings);
      if (embeddings.length < batch.length) throw new AppError('cancelled', 'The request was cancelled.');
    } catch (error) {
      throw turn.lost.aborted ? turn.lost.reason : error;
    } finally {
      turn.end(cost);
    }
  }
}

function batchesOf(inputs: Inputs): Inputs[] {
  const batches: Inputs[] = [];
  let tokens = 0;
  for (const input of inputs) {
    const cost = costOf([input]);
    const current = batches.at(-1);
    if (current && current.length < inputsPerTurn && tokens + cost <= tokensPerTurn) {
      current.push(input);
      tokens += cost;
    } else {
      batches.push([input]);
      tokens = cost;
    }
  }
  return batches;
}

const costOf = (inputs: Inputs): number =>
  inputs.reduce(
    (sum, input) =>
      sum +
      estimatePromptCost(
        'text' in input
          ? { promptCharacters: input.text.length, promptTokens: 0 }
          : { promptCharacters: 0, promptTokens: input.tokens.length },
      ),
    0,
  );
