import type { BlobStore } from '@sangha/blob-store';
import type { Messaging } from '@sangha/messaging';
import { Inference } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import type { Logger, Registry } from '@sangha/telemetry';
import { type Clock, systemClock } from './clock.ts';
import type { RunnerConfig } from './config.ts';
import type { EngineFactory } from './engine.ts';
import { createEnginePool } from './engine-pool.ts';
import { createRunnerMetrics } from './metrics.ts';
import { createModelFiles, type InspectModel, inspectGguf } from './model-file.ts';
import { inferenceHandlers } from './rpc.ts';
import { createUsageRecorder } from './usage-recorder.ts';

export type { Clock } from './clock.ts';
export { type RunnerConfig, runnerConfig, runnerSettings } from './config.ts';
export type { InspectModel, ModelFile } from './model-file.ts';

export interface InferenceRunnerDeps {
  engines: EngineFactory;
  blobs: Pick<BlobStore, 'locate'>;
  messaging: Messaging;
  log: Logger;
  metrics: Registry;
  config: RunnerConfig;
  /** Default: the system's. */
  clock?: Clock;
  /** Default: the GGUF pre-flight. Only for engines that read no GGUF. */
  inspect?: InspectModel;
}

export interface InferenceRunner {
  services: Implementation[];
  /** Lets running requests finish for the grace period, ends every engine, and waits until all usage is stored. */
  close(): Promise<void>;
}

export function createInferenceRunner(deps: InferenceRunnerDeps): InferenceRunner {
  const { engines, blobs, messaging, log, config, clock = systemClock, inspect = inspectGguf } = deps;
  const metrics = createRunnerMetrics(deps.metrics);
  const usage = createUsageRecorder({ messaging, clock, log });
  const files = createModelFiles(blobs, inspect);
  const pool = createEnginePool({ engines, files, clock, config, log, metrics });

  return {
    services: [implement(Inference, inferenceHandlers({ pool, usage, clock, config, metrics }))],
    async close() {
      await pool.close();
      await usage.close();
    },
  };
}
