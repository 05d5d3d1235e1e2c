import { Buffer } from 'node:buffer';
import { type ByteCursor, byteCursor, type ReadAt } from './byte-cursor.ts';
import { notAGguf, shown, unusable } from './refusals.ts';
import { type TensorType, tensorTypes } from './tensor-types.ts';

/** Everything the header says, its structure checked: lengths inside the file, known types, no duplicate, no overlap. */
export interface GgufHeader {
  version: number;
  sizeBytes: number;
  alignment: number;
  entries: ReadonlyMap<string, GgufValue>;
  tensors: readonly TensorInfo[];
  /** Which of `markerTokens` the vocabulary has; they tell which dialect of turns a model was made for. */
  markers: ReadonlySet<string>;
}

export type GgufScalar = string | number | bigint | boolean;
export type GgufValue = GgufScalar | GgufArray;

export interface GgufArray {
  of: 'number' | 'string' | 'bool';
  /** The element type's number in the format. */
  elementType: number;
  length: number;
  /** Absent where the array is long (vocabularies). */
  values?: readonly GgufScalar[];
}

export interface TensorInfo {
  name: string;
  dims: readonly number[];
  type: TensorType;
  elements: number;
  sizeBytes: number;
  /** From the start of the weights. */
  offset: number;
}

export interface GgufLimits {
  maxEntries: number;
  maxTensors: number;
  maxKeyBytes: number;
  maxStringBytes: number;
  maxArrayLength: number;
  /** Sum of all texts and arrays that are kept in memory. */
  maxKeptBytes: number;
  maxHeaderBytes: number;
}

/** Generous for every real model (the largest have some 2,000 tensors and 300,000 tokens), deadly for none of ours. */
export const defaultLimits: GgufLimits = {
  maxEntries: 10_000,
  maxTensors: 65_536,
  maxKeyBytes: 1024,
  maxStringBytes: 4 * 1024 * 1024,
  maxArrayLength: 8 * 1024 * 1024,
  maxKeptBytes: 16 * 1024 * 1024,
  maxHeaderBytes: 512 * 1024 * 1024,
};

/** Native code keeps a tensor's name in 64 bytes with the final zero. */
const maxTensorNameBytes = 63;
const maxDims = 4;
const maxAlignment = 1024 * 1024;
const keptNumbers = 2048;
const keptStrings = 64;

const markerTokens = new Set([
  '<start_of_turn>',
  '<end_of_turn>',
  '<|im_start|>',
  '<|im_end|>',
  '<|start_header_id|>',
  '<|end_header_id|>',
  '<|eot_id|>',
  '<|user|>',
  '<|assistant|>',
  '<|end|>',
]);
const longestMarker = Math.max(...Array.from(markerTokens, (token) => token.length));

type ReadNumber = (bytes: Buffer, at: number) => number | bigint | boolean;
const typeNumbers = { bool: 7, string: 8, array: 9 } as const;
const fixedTypes: ReadonlyMap<number, { bytes: number; read: ReadNumber }> = new Map([
  [0, { bytes: 1, read: (bytes, at) => bytes.readUInt8(at) }],
  [1, { bytes: 1, read: (bytes, at) => bytes.readInt8(at) }],
  [2, { bytes: 2, read: (bytes, at) => bytes.readUInt16LE(at) }],
  [3, { bytes: 2, read: (bytes, at) => bytes.readInt16LE(at) }],
  [4, { bytes: 4, read: (bytes, at) => bytes.readUInt32LE(at) }],
  [5, { bytes: 4, read: (bytes, at) => bytes.readInt32LE(at) }],
  [6, { bytes: 4, read: (bytes, at) => bytes.readFloatLE(at) }],
  [7, { bytes: 1, read: (bytes, at) => bytes.readUInt8(at) !== 0 }],
  [10, { bytes: 8, read: (bytes, at) => narrow(bytes.readBigUInt64LE(at)) }],
  [11, { bytes: 8, read: (bytes, at) => narrow(bytes.readBigInt64LE(at)) }],
  [12, { bytes: 8, read: (bytes, at) => bytes.readDoubleLE(at) }],
]);

const narrow = (value: bigint): number | bigint => (BigInt.asIntN(53, value) === value ? Number(value) : value);

/**
 * Reads a header through a window of bounded memory. Every length is compared with what the file still holds before
 * anything is allocated for it. Throws `not_a_gguf` or `model_unusable` with the reason.
 */
export async function readHeader(readAt: ReadAt, sizeBytes: number, limits: GgufLimits): Promise<GgufHeader> {
  const cursor = byteCursor(readAt, sizeBytes, limits.maxHeaderBytes);
  const version = await readPreamble(cursor);
  await cursor.fill(16);
  const tensorCount = count(cursor, 'tensors', limits.maxTensors, 33);
  const entryCount = count(cursor, 'metadata entries', limits.maxEntries, 14);
  const keeper = { left: limits.maxKeptBytes, markers: new Set<string>() };
  const entries = new Map<string, GgufValue>();
  for (let index = 0; index < entryCount; index++) {
    const key = await text(cursor, limits.maxKeyBytes, 'a metadata key', keeper);
    if (key === '') throw unusable('a metadata key is empty');
    if (entries.has(key)) throw unusable(`the metadata key ${shown(key)} appears twice`);
    entries.set(key, await readValue(cursor, key, limits, keeper));
  }
  const alignment = alignmentOf(entries);
  const tensors = await readTensors(cursor, tensorCount, alignment, keeper);
  checkWeights(tensors, align(cursor.position, alignment), sizeBytes);
  return { version, sizeBytes, alignment, entries, tensors, markers: keeper.markers };
}

interface Keeper {
  left: number;
  markers: Set<string>;
}

async function readPreamble(cursor: ByteCursor): Promise<number> {
  if (cursor.remaining === 0) throw notAGguf('the file is empty');
  await cursor.fill(Math.min(24, cursor.remaining));
  const head = Buffer.from(cursor.peek(Math.min(24, cursor.remaining)));
  if (head.toString('latin1', 0, 4) !== 'GGUF') throw notAGguf(looksLike(head));
  if (cursor.remaining < 24) throw unusable(`the file ends after ${cursor.remaining} bytes`);
  const version = head.readUInt32LE(4);
  if (version === 0x02000000 || version === 0x03000000) throw unusable('it is written for big-endian machines');
  if (version !== 2 && version !== 3) throw unusable(`its format version is ${version}, and versions 2 and 3 are known`);
  cursor.skip(8);
  return version;
}

function looksLike(head: Buffer): string {
  const start = head.toString('latin1');
  if (start.startsWith('version https://git-')) return 'it is a Git LFS pointer that stands for the real file';
  if (/^\s*<(!doctype|html|\?xml)/i.test(start)) return 'it is a web page, perhaps a login or an error';
  if (start.startsWith('PK')) return 'it is a zip archive (PyTorch weights, for example)';
  if (/^(ggjt|ggml|ggmf|tjgg|lmgg|fmgg)/.test(start)) return 'it is written in a format older than GGUF';
  if (head.toString('latin1', 8, 9) === '{') return 'it looks like safetensors weights';
  return 'its first four bytes are not "GGUF"';
}

function count(cursor: ByteCursor, of: string, max: number, leastBytes: number): number {
  const value = cursor.take(8, (bytes, at) => bytes.readBigUInt64LE(at));
  if (value > BigInt(max)) throw unusable(`it claims ${value} ${of}, and at most ${max} are believable`);
  if (Number(value) * leastBytes > cursor.remaining) throw unusable(`it claims ${value} ${of}, more than fit in the file`);
  return Number(value);
}

async function text(cursor: ByteCursor, maxBytes: number, what: string, keeper: Keeper): Promise<string> {
  await cursor.fill(8);
  const length = textLength(cursor, maxBytes, what);
  keep(keeper, length);
  return (await cursor.bytes(length)).toString('utf8');
}

function textLength(cursor: ByteCursor, maxBytes: number, what: string): number {
  const length = cursor.take(8, (bytes, at) => bytes.readBigUInt64LE(at));
  if (length > BigInt(maxBytes)) throw unusable(`${what} claims ${length} bytes, and at most ${maxBytes} are believable`);
  if (Number(length) > cursor.remaining) throw unusable(`${what} reaches past the end of the file`);
  return Number(length);
}

function keep(keeper: Keeper, byteCount: number): void {
  keeper.left -= byteCount;
  if (keeper.left < 0) throw unusable('its metadata is larger than any real model needs');
}

async function readValue(cursor: ByteCursor, key: string, limits: GgufLimits, keeper: Keeper): Promise<GgufValue> {
  await cursor.fill(4);
  const type = cursor.take(4, (bytes, at) => bytes.readUInt32LE(at));
  if (type === typeNumbers.string) return text(cursor, limits.maxStringBytes, `the value of ${shown(key)}`, keeper);
  if (type === typeNumbers.array) return readArray(cursor, key, limits, keeper);
  const fixed = fixedTypes.get(type);
  if (fixed === undefined) throw unusable(`the value of ${shown(key)} has the unknown type ${type}`);
  await cursor.fill(fixed.bytes);
  return cursor.take(fixed.bytes, fixed.read);
}

async function readArray(cursor: ByteCursor, key: string, limits: GgufLimits, keeper: Keeper): Promise<GgufArray> {
  await cursor.fill(12);
  const elementType = cursor.take(4, (bytes, at) => bytes.readUInt32LE(at));
  const fixed = fixedTypes.get(elementType);
  if (fixed === undefined && elementType !== typeNumbers.string)
    throw unusable(`the list ${shown(key)} has elements of the unsupported type ${elementType}`);
  const length = count(cursor, `elements of ${shown(key)}`, limits.maxArrayLength, fixed?.bytes ?? 8);
  if (fixed === undefined) return readTexts(cursor, key, length, limits, keeper);
  const of = elementType === typeNumbers.bool ? 'bool' : 'number';
  if (length > keptNumbers) {
    cursor.skip(length * fixed.bytes);
    return { of, elementType, length };
  }
  keep(keeper, length * 8);
  const bytes = await cursor.bytes(length * fixed.bytes);
  return { of, elementType, length, values: Array.from({ length }, (_, index) => fixed.read(bytes, index * fixed.bytes)) };
}

async function readTexts(
  cursor: ByteCursor,
  key: string,
  length: number,
  limits: GgufLimits,
  keeper: Keeper,
): Promise<GgufArray> {
  const what = `an element of ${shown(key)}`;
  const base = { of: 'string', elementType: typeNumbers.string, length } as const;
  if (length <= keptStrings) {
    const values: string[] = [];
    for (let index = 0; index < length; index++) values.push(await text(cursor, limits.maxStringBytes, what, keeper));
    return { ...base, values };
  }
  const lookForMarkers = key === 'tokenizer.ggml.tokens';
  for (let index = 0; index < length; index++) {
    if (!cursor.has(8)) await cursor.fill(8);
    const bytes = textLength(cursor, limits.maxStringBytes, what);
    if (lookForMarkers && bytes <= longestMarker) {
      if (!cursor.has(bytes)) await cursor.fill(bytes);
      noteMarker(cursor.peek(bytes), keeper.markers);
    }
    cursor.skip(bytes);
  }
  return base;
}

function noteMarker(token: Buffer, markers: Set<string>): void {
  if (token[0] !== 0x3c) return; // every marker starts with "<", few tokens do
  const name = token.toString('latin1');
  if (markerTokens.has(name)) markers.add(name);
}

function alignmentOf(entries: ReadonlyMap<string, GgufValue>): number {
  const alignment = entries.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || alignment < 1 || alignment > maxAlignment || !Number.isInteger(Math.log2(alignment)))
    throw unusable('its alignment (general.alignment) is not a power of two');
  return alignment;
}

async function readTensors(cursor: ByteCursor, tensorCount: number, alignment: number, keeper: Keeper): Promise<TensorInfo[]> {
  const names = new Set<string>();
  const tensors: TensorInfo[] = [];
  let expectedOffset = 0;
  for (let index = 0; index < tensorCount; index++) {
    const tensor = await readTensor(cursor, keeper);
    if (names.has(tensor.name)) throw unusable(`the tensor ${shown(tensor.name)} appears twice`);
    // The format lays tensors out in order and without gaps; anything else would overlap or leave holes.
    if (tensor.offset !== expectedOffset)
      throw unusable(`the tensor ${shown(tensor.name)} starts at ${tensor.offset} instead of ${expectedOffset}`);
    names.add(tensor.name);
    tensors.push(tensor);
    expectedOffset = align(expectedOffset + tensor.sizeBytes, alignment);
  }
  return tensors;
}

async function readTensor(cursor: ByteCursor, keeper: Keeper): Promise<TensorInfo> {
  const name = await text(cursor, maxTensorNameBytes, "a tensor's name", keeper);
  await cursor.fill(4);
  const dimCount = cursor.take(4, (bytes, at) => bytes.readUInt32LE(at));
  if (dimCount < 1 || dimCount > maxDims)
    throw unusable(`the tensor ${shown(name)} has ${dimCount} dimensions, and 1 to ${maxDims} are possible`);
  await cursor.fill(dimCount * 8 + 12);
  const dims: number[] = [];
  for (let index = 0; index < dimCount; index++) dims.push(dimension(cursor, name));
  const typeNumber = cursor.take(4, (bytes, at) => bytes.readUInt32LE(at));
  const type = tensorTypes.get(typeNumber);
  if (type === undefined) throw unusable(`the tensor ${shown(name)} has the unknown type ${typeNumber}`);
  const elements = dims.reduce((product, dim) => product * dim, 1);
  if (elements > Number.MAX_SAFE_INTEGER / 8) throw unusable(`the tensor ${shown(name)} claims ${elements} elements`);
  if ((dims[0] ?? 0) % type.blockElements !== 0)
    throw unusable(`rows of the tensor ${shown(name)} don't divide into blocks of ${type.blockElements} (${type.name})`);
  const offset = cursor.take(8, (bytes, at) => bytes.readBigUInt64LE(at));
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) throw unusable(`the tensor ${shown(name)} starts past the end of the file`);
  return { name, dims, type, elements, sizeBytes: (elements / type.blockElements) * type.blockBytes, offset: Number(offset) };
}

function dimension(cursor: ByteCursor, name: string): number {
  const dim = cursor.take(8, (bytes, at) => bytes.readBigUInt64LE(at));
  // 2^40 elements in one direction is beyond every machine, and four such factors still multiply to a finite number.
  if (dim < 1n || dim > 2n ** 40n) throw unusable(`the tensor ${shown(name)} has a dimension of ${dim}`);
  return Number(dim);
}

function checkWeights(tensors: readonly TensorInfo[], weightsStart: number, sizeBytes: number): void {
  if (tensors.length === 0) throw unusable('it holds no weights');
  for (const { name, offset, sizeBytes: length } of tensors) {
    if (weightsStart + offset + length > sizeBytes)
      throw unusable(
        `it is cut off: the tensor ${shown(name)} ends at byte ${weightsStart + offset + length}, the file at ${sizeBytes}`,
      );
  }
}

const align = (position: number, alignment: number): number => Math.ceil(position / alignment) * alignment;
