import { AppError, toAppError } from '@sangha/errors';
import type { OrgContext } from '@sangha/identity';
import type { Finished } from '../../../protos/generated/sangha/inference/v1/Finished.ts';
import type { GenerateEvent } from '../../../protos/generated/sangha/inference/v1/GenerateEvent.ts';
import { type Channel, createChannel } from './channel.ts';
import type { Clock } from './clock.ts';
import type { RunnerConfig } from './config.ts';
import { estimateGenerationCost } from './domain/token-cost.ts';
import type { EngineEvent } from './engine.ts';
import type { EnginePool } from './engine-pool.ts';
import type { Turn } from './hosted-model.ts';
import type { RunnerMetrics } from './metrics.ts';
import type { AskedGeneration } from './parse-generate.ts';
import type { UsageRecord, UsageRecorder } from './usage-recorder.ts';
import { workOnTurn } from './work-on-turn.ts';

export interface InferenceDeps {
  pool: EnginePool;
  usage: UsageRecorder;
  clock: Clock;
  config: RunnerConfig;
  metrics: RunnerMetrics;
}

/**
 * One generation from queue to ledger. The work goes on beside the reader: whatever happens to the caller, the sequence is freed
 * and what was computed is metered. Ends with one `finished`, or throws.
 */
export function runGeneration(
  deps: InferenceDeps,
  context: OrgContext,
  asked: AskedGeneration,
  signal: AbortSignal,
): AsyncIterable<GenerateEvent> {
  const stop = new AbortController();
  const quit = (error: AppError): void => {
    out.fail(error);
    stop.abort(error);
  };
  const out = createChannel<GenerateEvent>({
    clock: deps.clock,
    stalledMs: deps.config.stalledReaderMs,
    onStalled: () => quit(new AppError('deadline_exceeded', 'The answer was not read for too long and was stopped.')),
    onLeft: () => stop.abort(cancelled()),
  });
  const onCallerGone = () => quit(cancelled());
  if (signal.aborted) onCallerGone();
  else signal.addEventListener('abort', onCallerGone, { once: true });

  void generate(deps, context, asked, { out, stop, quit }).finally(() => signal.removeEventListener('abort', onCallerGone));
  return out;
}

interface Session {
  out: Channel<GenerateEvent>;
  /** Aborts when nobody wants the answer any more, or nobody can give it. */
  stop: AbortController;
  quit(error: AppError): void;
}

async function generate(deps: InferenceDeps, context: OrgContext, asked: AskedGeneration, session: Session): Promise<void> {
  const { pool, config, clock, metrics } = deps;
  const arrivedAt = clock.now();
  let turn: Turn;
  try {
    const resolved = await pool.resolve(asked.model, 'generation');
    const { n, maxTokens } = asked.engineRequest;
    turn = await pool.turn(resolved, {
      orgId: context.orgId,
      modelId: asked.modelId,
      cost: estimateGenerationCost({ ...asked, maxTokens, n, contextSize: resolved.spec.contextSize }),
      slots: n,
      keepAliveMs: (asked.model.keepAliveSecs ?? config.keepAliveSecs) * 1_000,
      signal: session.stop.signal,
      onNews: (news) => session.out.offer(news),
    });
  } catch (error) {
    metrics.ended('generate', session.stop.signal.aborted ? 'aborted' : 'refused');
    session.out.fail(toAppError(error));
    return;
  }
  metrics.waited(turn.queueMs / 1_000);
  await generateOnTurn(deps, context, asked, session, turn, arrivedAt);
}

async function generateOnTurn(
  deps: InferenceDeps,
  context: OrgContext,
  asked: AskedGeneration,
  { out, stop, quit }: Session,
  turn: Turn,
  arrivedAt: number,
): Promise<void> {
  const { clock, config, metrics } = deps;
  const onLost = () => quit(turn.lost.reason as AppError);
  if (turn.lost.aborted) onLost();
  else turn.lost.addEventListener('abort', onLost, { once: true });

  const meter = createMeter(() => metrics.firstToken((clock.now() - arrivedAt) / 1_000));
  let failure: AppError | undefined;
  try {
    await workOnTurn(turn, { signal: stop.signal, clock, stopMs: config.engineStopMs }, async () => {
      const request = { ...asked.engineRequest, orgId: context.orgId };
      for await (const event of turn.engine.generate(request, stop.signal)) {
        meter.count(event);
        if (!('finished' in event)) await out.push(event);
      }
      if (!meter.finished)
        throw new AppError('engine_crashed', 'The engine of this model ended an answer without a reason. Try again.');
    });
  } catch (error) {
    failure = toAppError(error);
  }
  turn.lost.removeEventListener('abort', onLost);
  turn.end(meter.cost);

  const outcome = outcomeOf(meter, failure, {
    gone: stop.signal.aborted && stop.signal.reason !== turn.lost.reason,
  });
  metrics.ended('generate', outcome);
  if (failure) out.fail(failure);
  else if (meter.finished) void out.push({ finished: withWaits(meter.finished, turn) });
  if (outcome !== 'refused') {
    metrics.used(meter.usage);
    const { requestId, modelId } = asked;
    await deps.usage.record({ context, requestId, modelId, outcome, ...meter.usage });
  }
  out.end();
}

/** How the ledger names it. Nothing was served when the engine said no before it started; that is a refusal, not a failure. */
function outcomeOf(
  { finished, started }: { finished: Finished | undefined; started: boolean },
  failure: AppError | undefined,
  { gone }: { gone: boolean },
): UsageRecord['outcome'] | 'refused' {
  if (finished && !finished.choices?.some(({ finishReason }) => finishReason === 'abort')) return 'completed';
  if (gone) return finished || started ? 'aborted' : 'refused';
  const refused = failure && !started && failure.code !== 'engine_crashed' && failure.code !== 'internal';
  return refused ? 'refused' : 'failed';
}

/** Counts along, so that a crash in the middle can be metered too; the engine's own last word wins. */
function createMeter(onFirstToken: () => void) {
  let finished: Finished | undefined;
  let started = false;
  let promptTokens = 0;
  let cachedTokens = 0;
  let completionTokens = 0;
  return {
    count(event: EngineEvent): void {
      if ('started' in event) {
        started = true;
        promptTokens = event.started.promptTokens ?? 0;
        cachedTokens = event.started.cachedTokens ?? 0;
      } else if ('delta' in event) {
        if (completionTokens === 0) onFirstToken();
        for (const { tokens } of event.delta.chunks ?? []) completionTokens += tokens ?? 0;
      } else finished = event.finished;
    },
    get finished() {
      return finished;
    },
    get started() {
      return started;
    },
    get usage() {
      return {
        promptTokens: finished?.usage?.promptTokens ?? promptTokens,
        completionTokens: finished?.usage?.completionTokens ?? completionTokens,
        cachedTokens: finished?.usage?.cachedTokens ?? cachedTokens,
      };
    },
    /** Tokens that were computed, for the fair queue. */
    get cost() {
      const { usage } = this;
      return Math.max(0, usage.promptTokens - usage.cachedTokens) + usage.completionTokens;
    },
  };
}

const withWaits = (finished: Finished, { queueMs, loadMs }: Turn): Finished => ({
  ...finished,
  usage: { ...finished.usage, queueMs, loadMs },
});

const cancelled = (): AppError => new AppError('cancelled', 'The request was cancelled.');
