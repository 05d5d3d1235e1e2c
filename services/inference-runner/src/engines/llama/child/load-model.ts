import { totalmem } from 'node:os';
import { AppError } from '@sangha/errors';
import {
  getLlama,
  InsufficientMemoryError,
  type Llama,
  type LlamaEmbeddingContext,
  LlamaLogLevel,
  type LlamaModel,
} from 'node-llama-cpp';
import type { EngineFacts, EngineSpec } from '../../../engine.ts';
import { type DeadEnds, watchForDeadEnds } from './dead-ends.ts';
import { createFullBatches, type FullBatches } from './full-batches.ts';
import { createTemplateRenderer, type TemplateRenderer } from './render-template.ts';
import { createSequencePool, type SequencePool } from './sequence-pool.ts';
import { createSpecialText, type SpecialText } from './special-text.ts';
import { createTokenPieces, type TokenPieces } from './token-pieces.ts';

export interface LoadedModel {
  readonly spec: EngineSpec;
  readonly facts: EngineFacts;
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly generation: GenerationParts | undefined;
  readonly embedding: LlamaEmbeddingContext | undefined;
  /** The last error lines of the native code, for the reason of a failure. */
  nativeErrors(): string;
}

export interface GenerationParts {
  readonly pool: SequencePool;
  readonly batches: FullBatches;
  readonly deadEnds: DeadEnds;
  readonly pieces: TokenPieces;
  readonly special: SpecialText;
  readonly templates: TemplateRenderer;
}

const contextTokensAtMost = 2 ** 24;

/** Loads the model of `spec` and makes its contexts. Throws `model_unusable`, `no_memory` or `model_load_failed`. */
export async function loadModel(spec: EngineSpec, onProgress: (fraction: number) => void): Promise<LoadedModel> {
  // Merely estimating such a context takes gigabytes, and beyond 2^32 the native code would wrap around to a small one.
  if (spec.contextSize * spec.sequences > contextTokensAtMost)
    throw noMemory(`${spec.sequences} sequences of ${spec.contextSize} tokens`);
  const errors: string[] = [];
  const nativeErrors = () => errors.join('\n');
  try {
    const llama = await getLlama({
      gpu: spec.gpuLayers > 0 ? 'auto' : false,
      build: 'never', // never compile or download at run time
      maxThreads: spec.threads,
      progressLogs: false,
      logLevel: LlamaLogLevel.warn,
      logger: (level, message) => {
        console.error(`${level}: ${message.trimEnd()}`);
        if (level !== LlamaLogLevel.error && level !== LlamaLogLevel.fatal) return;
        errors.push(message.trim());
        if (errors.length > 20) errors.shift();
      },
    });
    const model = await llama.loadModel({
      modelPath: spec.modelPath,
      gpuLayers: spec.gpuLayers,
      // Refuses weights that are not numbers; measured on a 250 MB file it costs less than the noise of loading it.
      checkTensors: true,
      onLoadProgress: throttled(onProgress),
    });
    const kind = kindOf(model);
    const parts =
      kind === 'embedding'
        ? { embedding: await openEmbedding(model, spec), generation: undefined }
        : { generation: await openGeneration(model, spec), embedding: undefined };
    return {
      spec,
      llama,
      model,
      nativeErrors,
      ...parts,
      facts: {
        kind,
        contextSize: kind === 'embedding' ? Math.min(spec.contextSize, model.trainContextSize) : spec.contextSize,
        sequences: kind === 'embedding' ? 1 : spec.sequences,
        trainedContextSize: model.trainContextSize,
        vocabularySize: vocabularySizeOf(model),
        residentBytes: process.memoryUsage.rss(),
      },
    };
  } catch (error) {
    throw loadFailure(error, nativeErrors());
  }
}

export const vocabularySizeOf = (model: LlamaModel): number => model.fileInfo.metadata.tokenizer.ggml.tokens.length;

async function openGeneration(model: LlamaModel, spec: EngineSpec): Promise<GenerationParts> {
  const batches = createFullBatches();
  const templates = createTemplateRenderer();
  const shape = {
    contextSize: spec.contextSize,
    sequences: spec.sequences,
    batchSize: Math.max(spec.batchSize, spec.sequences),
    // With a sliding window alone, the state before the window is gone and no prefix could be reused.
    swaFullCache: model.fileInsights.swaSize !== undefined,
  };
  await checkContextMemory(model, shape);
  const context = await model.createContext({
    ...shape,
    threads: spec.threads,
    failedCreationRemedy: false, // a smaller context than promised is a failure, not a remedy
    batching: { itemPrioritizationStrategy: batches.strategy },
  });
  return {
    batches,
    templates,
    deadEnds: watchForDeadEnds(),
    pool: createSequencePool(context),
    pieces: createTokenPieces(model),
    special: createSpecialText(model, spec.chatTemplate),
  };
}

/**
 * The library doesn't look at main memory, and the kernel promises more than there is: an impossible context would fill
 * the machine until something is killed. Its estimate is an upper bound, so it is held against all memory, not the free part.
 */
async function checkContextMemory(
  model: LlamaModel,
  shape: { contextSize: number; sequences: number; batchSize: number; swaFullCache: boolean },
): Promise<void> {
  const { cpuRam } = await model.fileInsights.estimateContextResourceRequirementsV2({
    ...shape,
    modelGpuLayers: model.gpuLayers,
  });
  const total = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
  if (cpuRam > total) throw noMemory(`the context would take about ${cpuRam} of ${total} bytes`);
}

function openEmbedding(model: LlamaModel, spec: EngineSpec): Promise<LlamaEmbeddingContext> {
  const contextSize = Math.min(spec.contextSize, model.trainContextSize);
  // An encoder sees its whole input at once, so the batch must hold it.
  return model.createEmbeddingContext({ contextSize, batchSize: contextSize, threads: spec.threads });
}

const encoderArchitectures = /bert|t5encoder|gemma-embedding/;
const poolingNone = 0;
const poolingRank = 4;

/** The native code accepts any model for either use and answers nonsense, so the header decides. */
function kindOf(model: LlamaModel): EngineFacts['kind'] {
  const { architecture } = model;
  const header: Record<string, unknown> = { ...model.fileInfo.architectureMetadata };
  const pooling = header.pooling_type;
  if (pooling === poolingRank)
    throw new AppError(
      'model_unusable',
      'This is a reranking model; the engine serves generation and embeddings. Choose another model.',
    );
  if (encoderArchitectures.test(architecture)) return 'embedding';
  return typeof pooling === 'number' && pooling !== poolingNone ? 'embedding' : 'generation';
}

function loadFailure(error: unknown, nativeErrors: string): AppError {
  if (error instanceof AppError) return error;
  const reason = `${error instanceof Error ? error.message : String(error)}\n${nativeErrors}`.trim();
  const options = { cause: reason };
  if (
    error instanceof InsufficientMemoryError ||
    /out of memory|insufficient memory|failed to allocate|unable to allocate|cannot allocate|failed to create context/i.test(
      reason,
    )
  ) {
    return noMemory(reason);
  }
  if (/ENOENT|EACCES|EIO|no such file/i.test(reason)) {
    return new AppError(
      'model_load_failed',
      'The model file could not be read. The operator finds the reason in the log.',
      options,
    );
  }
  return new AppError(
    'model_unusable',
    `The engine can't use this model file (${firstLine(nativeErrors) || firstLine(reason)}). Download it again or choose another one.`,
    options,
  );
}

const noMemory = (cause: string): AppError =>
  new AppError(
    'no_memory',
    'There is not enough memory for this model with its context. Unload another model, or lower context_size and sequences.',
    {
      cause,
      retryAfterSecs: 30,
    },
  );

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 200);

function throttled(onProgress: (fraction: number) => void): (fraction: number) => void {
  let last = -1;
  return (fraction) => {
    if (fraction - last < 0.01 && fraction < 1) return;
    last = fraction;
    onProgress(fraction);
  };
}
