import { availableParallelism, totalmem } from 'node:os';
import { fields } from '@sangha/config';

export interface RunnerConfig {
  /** What all loaded models together may need by estimate. */
  memoryBudgetBytes: number;
  /** Tokens per sequence where the request says nothing; never beyond what the model was trained for. */
  defaultContextSize: number;
  /** Requests that one model generates for at once, where the request says nothing and memory allows. */
  defaultSequences: number;
  /** Tokens of one prompt step. */
  defaultBatchSize: number;
  /** Layers on the graphics card where the request says nothing. 0 = none. */
  defaultGpuLayers: number;
  /** Threads that compute, all engines together. More than the cores that are really free makes everything ten times slower. */
  threads: number;
  /** An idle model stays loaded this long, where the request says nothing. */
  keepAliveSecs: number;
  /** Requests of one organisation that may wait for one model. */
  queuedPerOrg: number;
  /** Requests that may wait for one model. */
  queuedPerModel: number;
  /** A caller that takes no event for so long is taken for gone, and its sequence is freed. */
  stalledReaderMs: number;
  /** An engine that does not end an aborted request in this time hangs, and is ended. */
  engineStopMs: number;
  /** Running requests may still finish for so long after `close`. */
  closeGraceMs: number;
}

/** What the operator may set; read with `readConfig` of @sangha/config. */
export const runnerSettings = {
  BODHI_MODEL_MEMORY_BYTES: {
    ...fields.wholeNumber({ min: 64 * 1024 ** 2, max: 2 ** 50, example: 12_884_901_888, unit: 'bytes' }),
    default: undefined,
    scope: 'process',
    description: 'Memory that loaded models may need together. Unset: three quarters of what the machine or container has.',
  },
  BODHI_MODEL_THREADS: {
    ...fields.wholeNumber({ min: 1, max: 1_024, example: 7, unit: 'threads' }),
    default: undefined,
    scope: 'process',
    description: 'Threads that compute tokens. Unset: all cores but one.',
  },
  BODHI_MODEL_SEQUENCES: {
    ...fields.wholeNumber({ min: 1, max: 64, example: 4, unit: 'requests' }),
    default: 4,
    scope: 'process',
    description: 'Requests that one model generates for at once.',
  },
  BODHI_MODEL_GPU_LAYERS: {
    ...fields.wholeNumber({ min: 0, max: 1_000, example: 99, unit: 'layers' }),
    default: 0,
    scope: 'process',
    description: 'Layers of a model that go to the graphics card.',
  },
  BODHI_QUEUE_PER_ORGANIZATION: {
    ...fields.wholeNumber({ min: 1, max: 100_000, example: 128, unit: 'requests' }),
    default: 128,
    scope: 'process',
    description: 'Requests of one organisation that may wait for one model; more are refused with 429.',
  },
  BODHI_QUEUE_PER_MODEL: {
    ...fields.wholeNumber({ min: 1, max: 100_000, example: 1024, unit: 'requests' }),
    default: 1024,
    scope: 'process',
    description: 'Requests that may wait for one model; more are refused with 429.',
  },
} as const;

/** The machine as far as defaults depend on it. */
export interface Machine {
  totalBytes: number;
  cores: number;
}

// Ours, the operating system's, and the file cache's share.
const reservedBytes = 512 * 1024 ** 2;
const smallestBudgetBytes = 256 * 1024 ** 2;

/** The defaults of this machine, with `changes` over them. */
export function runnerConfig(changes: Partial<RunnerConfig> = {}, machine: Machine = thisMachine()): RunnerConfig {
  return Object.freeze({
    memoryBudgetBytes: Math.max(smallestBudgetBytes, Math.floor(machine.totalBytes * 0.75) - reservedBytes),
    defaultContextSize: 4096,
    defaultSequences: 4,
    defaultBatchSize: 512,
    defaultGpuLayers: 0,
    threads: Math.max(1, machine.cores - 1),
    keepAliveSecs: 300,
    queuedPerOrg: 128,
    queuedPerModel: 1024,
    stalledReaderMs: 60_000,
    engineStopMs: 15_000,
    closeGraceMs: 10_000,
    ...changes,
  });
}

function thisMachine(): Machine {
  const limit = process.constrainedMemory();
  const total = totalmem();
  return { totalBytes: limit > 0 && limit < total ? limit : total, cores: availableParallelism() };
}
