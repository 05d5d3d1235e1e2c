import type { BlobStore } from '@sangha/blob-store';
import { estimateMemory, preflight } from '@sangha/gguf';

/** What the runner must know of a model file before an engine may see it. */
export interface ModelFile {
  kind: 'generation' | 'embedding';
  trainedContextSize: number;
  /** Upper bound of what one engine with it needs. */
  estimateBytes(shape: { contextSize: number; sequences: number; batchSize: number }): number;
}

/** Reads and checks a file. Throws `not_a_gguf` or `model_unusable`. */
export type InspectModel = (path: string) => Promise<ModelFile>;

/** The bounds-checked pre-flight of a GGUF file: native code sees only what passed it. */
export const inspectGguf: InspectModel = async (path) => {
  const meta = await preflight(path);
  return {
    kind: meta.capabilities.includes('embeddings') ? 'embedding' : 'generation',
    trainedContextSize: meta.contextLength,
    estimateBytes: (shape) => estimateMemory({ meta, ...shape }).totalBytes,
  };
};

export interface ModelFiles {
  /** What the file says, from memory when it was read before. */
  find(sha256: string): Promise<ModelFile>;
  /** Looks at the file itself, which native code is about to read, and says where it is. */
  check(sha256: string): Promise<string>;
}

// Headers of this many files are remembered; each is a few kilobytes.
const rememberedFiles = 256;

/** Model files by the SHA-256 of their content. Failures are not remembered, so a file that is downloaded later is found. */
export function createModelFiles(blobs: Pick<BlobStore, 'locate'>, inspect: InspectModel): ModelFiles {
  const files = new Map<string, Promise<ModelFile>>();

  async function read(sha256: string): Promise<ModelFile & { path: string }> {
    const { path } = await blobs.locate(sha256);
    return { ...(await inspect(path)), path };
  }

  return {
    find(sha256) {
      const known = files.get(sha256);
      if (known) return known;
      const reading = read(sha256);
      files.set(sha256, reading);
      reading.catch(() => files.delete(sha256));
      const oldest = files.keys().next().value;
      if (files.size > rememberedFiles && oldest !== undefined) files.delete(oldest);
      return reading;
    },
    check: async (sha256) => (await read(sha256)).path,
  };
}
