import { counter, histogram, type Registry } from '@sangha/telemetry';
import { Gauge } from 'prom-client';

/** What the pool holds at the moment of a scrape. */
export interface PoolSnapshot {
  loaded: number;
  estimatedBytes: number;
  budgetBytes: number;
  queued: number;
  running: number;
}

export type Outcome = 'completed' | 'aborted' | 'failed' | 'refused';

export type RunnerMetrics = ReturnType<typeof createRunnerMetrics>;

/** The runner's series. No label says an organisation or a model: their number has no bound. */
export function createRunnerMetrics(registry: Registry) {
  const requests = counter(registry, {
    name: 'sangha_runner_requests_total',
    help: 'Requests by how they ended; refused ones never reached an engine.',
    labels: { kind: ['generate', 'embed'], outcome: ['completed', 'aborted', 'failed', 'refused'] },
  });
  const tokens = counter(registry, {
    name: 'sangha_runner_tokens_total',
    help: 'Tokens that engines worked on; cached ones are part of the prompt and were not computed again.',
    labels: { direction: ['prompt', 'completion', 'cached'] },
  });
  const crashes = counter(registry, {
    name: 'sangha_runner_engine_crashes_total',
    help: 'Engine processes that stopped unasked.',
  });
  const firstToken = histogram(registry, {
    name: 'sangha_runner_time_to_first_token_seconds',
    help: 'From the arrival of a request to its first text, waiting and loading included.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  });
  const wait = histogram(registry, {
    name: 'sangha_runner_queue_wait_seconds',
    help: 'Time that requests waited for their turn on a loaded model.',
    buckets: [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
  });

  return {
    crashes,
    ended: (kind: 'generate' | 'embed', outcome: Outcome) => requests.inc({ kind, outcome }),
    firstToken: (seconds: number) => firstToken.observe({}, seconds),
    waited: (seconds: number) => wait.observe({}, seconds),
    used(usage: { promptTokens: number; completionTokens: number; cachedTokens: number }) {
      tokens.inc({ direction: 'prompt' }, usage.promptTokens);
      tokens.inc({ direction: 'completion' }, usage.completionTokens);
      tokens.inc({ direction: 'cached' }, usage.cachedTokens);
    },
    /** Gauges are read from the pool when they are scraped. */
    observe(snapshot: () => PoolSnapshot) {
      const gauges: [keyof PoolSnapshot, string, string][] = [
        ['loaded', 'sangha_runner_models_loaded', 'Models that are ready.'],
        ['estimatedBytes', 'sangha_runner_memory_estimated_bytes', 'What the loaded models need by estimate.'],
        ['budgetBytes', 'sangha_runner_memory_budget_bytes', 'What loaded models may need together.'],
        ['queued', 'sangha_runner_queue_length', 'Requests that wait for a turn or a load.'],
        ['running', 'sangha_runner_running_requests', 'Requests that an engine works on.'],
      ];
      for (const [key, name, help] of gauges)
        new Gauge({
          name,
          help,
          registers: [registry],
          collect() {
            this.set(snapshot()[key]);
          },
        });
    },
  };
}
