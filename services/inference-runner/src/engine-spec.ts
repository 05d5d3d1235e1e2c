import { createHash } from 'node:crypto';
import { AppError } from '@sangha/errors';
import type { RunnerConfig } from './config.ts';
import type { EngineSpec } from './engine.ts';
import type { ModelFile } from './model-file.ts';

/** What a caller says about the engine it wants; parsed, but with nothing filled in yet. */
export interface AskedModel {
  sha256: string;
  contextSize?: number;
  sequences?: number;
  batchSize?: number;
  threads?: number;
  gpuLayers?: number;
  chatTemplate: string;
  keepAliveSecs?: number;
}

/** An engine's spec before it is started. Two requests with the same `key` share one engine. */
export interface ResolvedSpec {
  key: string;
  kind: ModelFile['kind'];
  /** Estimated, for admission. */
  bytes: number;
  /** `threads` 0 = as many as are free when it starts. The path is known when it is loaded. */
  spec: Omit<EngineSpec, 'modelPath'>;
}

/**
 * Fills in what the caller left open. The context never exceeds what the model was trained for; sequences that nobody asked for
 * by number are halved until the model fits the budget.
 */
export function resolveSpec(asked: AskedModel, file: ModelFile, config: RunnerConfig): ResolvedSpec {
  const contextSize = Math.min(asked.contextSize ?? config.defaultContextSize, file.trainedContextSize);
  const batchSize = Math.min(asked.batchSize ?? config.defaultBatchSize, contextSize);
  const bytesWith = (sequences: number) => file.estimateBytes({ contextSize, sequences, batchSize });

  let sequences = asked.sequences ?? (file.kind === 'embedding' ? 1 : config.defaultSequences);
  if (asked.sequences === undefined) {
    while (sequences > 1 && bytesWith(sequences) > config.memoryBudgetBytes) sequences = Math.floor(sequences / 2);
  }

  const spec = {
    sha256: asked.sha256,
    contextSize,
    sequences,
    batchSize,
    threads: Math.min(asked.threads ?? 0, config.threads),
    gpuLayers: asked.gpuLayers ?? config.defaultGpuLayers,
    chatTemplate: asked.chatTemplate,
  };
  return { key: keyOf(spec), kind: file.kind, bytes: bytesWith(sequences), spec };
}

/** Throws when `n` choices can't run side by side. */
export function checkChoices(n: number, { sequences }: { sequences: number }): void {
  if (n <= sequences) return;
  throw new AppError(
    'invalid_value',
    `n is ${n}, but this model generates at most ${sequences} at once. Ask for fewer choices.`,
    {
      param: 'n',
    },
  );
}

function keyOf({ chatTemplate, ...rest }: ResolvedSpec['spec']): string {
  return JSON.stringify([rest, createHash('sha256').update(chatTemplate).digest('base64url')]);
}
