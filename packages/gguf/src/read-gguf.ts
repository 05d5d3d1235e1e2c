import type { Buffer } from 'node:buffer';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { checkModel } from './check-model.ts';
import { type GgufMetadata, metadataOf } from './metadata.ts';
import { defaultLimits, type GgufHeader, type GgufLimits, readHeader } from './read-header.ts';
import { notAGguf } from './refusals.ts';

/** A path, an open file (stays open), or the bytes themselves. */
export type GgufSource = string | FileHandle | Uint8Array;

/**
 * What a model file says about itself. Reads the header alone, in bounded memory; never the weights.
 * Throws `not_a_gguf` or `model_unusable` with the exact reason and the next step.
 */
export async function readGguf(source: GgufSource, options: { limits?: Partial<GgufLimits> } = {}): Promise<GgufMetadata> {
  return metadataOf(await headerOf(source, options.limits));
}

/**
 * The check before native code may see a file: `readGguf`, and also that its numbers are such that native code neither
 * aborts nor reads outside its memory. Returns the metadata so that nobody has to read the header twice.
 */
export async function preflight(source: GgufSource, options: { limits?: Partial<GgufLimits> } = {}): Promise<GgufMetadata> {
  const header = await headerOf(source, options.limits);
  const meta = metadataOf(header);
  checkModel(meta, header);
  return meta;
}

async function headerOf(source: GgufSource, changes: Partial<GgufLimits> = {}): Promise<GgufHeader> {
  const limits = { ...defaultLimits, ...changes };
  if (source instanceof Uint8Array) return readHeader(readerOfBytes(source), source.length, limits);
  if (typeof source !== 'string') return headerOfFile(source, limits);
  // Asked before opening: opening a pipe would wait for its other end.
  if (!(await stat(source)).isFile()) throw notAGguf('it is not a regular file');
  await using handle = await open(source, 'r');
  return await headerOfFile(handle, limits);
}

async function headerOfFile(handle: FileHandle, limits: GgufLimits): Promise<GgufHeader> {
  const { size } = await handle.stat();
  return readHeader(async (target, position) => (await handle.read(target, 0, target.length, position)).bytesRead, size, limits);
}

const readerOfBytes =
  (bytes: Uint8Array) =>
  async (target: Buffer, position: number): Promise<number> => {
    const part = bytes.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  };
