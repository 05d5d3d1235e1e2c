import { Buffer } from 'node:buffer';

/** Value types of a GGUF header, by the numbers of the format. */
export const valueTypes = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  array: 9,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;
type ScalarType = 'u32' | 'i32' | 'f32' | 'bool' | 'string' | 'u64';

export type GgufEntry =
  | { key: string; type: ScalarType; value: number | bigint | boolean | string }
  | { key: string; of: ScalarType; values: (number | string)[] };

export interface GgufTensor {
  name: string;
  /** Fastest-moving dimension first, as the format wants it. */
  dims: number[];
  /** Number of the tensor type. */
  type: number;
  data: Buffer;
}

const alignment = 32;

/** A GGUF v3 file. Writes what it is told, so that tests can also make wrong ones. */
export function ggufBytes(entries: readonly GgufEntry[], tensors: readonly GgufTensor[]): Buffer {
  const header = [Buffer.from('GGUF'), scalar('u32', 3), scalar('u64', tensors.length), scalar('u64', entries.length)];
  for (const entry of entries) header.push(...encodeEntry(entry));
  let offset = 0;
  for (const { name, dims, type, data } of tensors) {
    header.push(scalar('string', name), scalar('u32', dims.length), ...dims.map((dim) => scalar('u64', dim)));
    header.push(scalar('u32', type), scalar('u64', offset));
    offset += padded(data.length);
  }
  const head = Buffer.concat(header);
  return Buffer.concat([head, filler(head.length), ...tensors.flatMap(({ data }) => [data, filler(data.length)])]);
}

function encodeEntry(entry: GgufEntry): Buffer[] {
  const key = scalar('string', entry.key);
  if ('type' in entry) return [key, scalar('u32', valueTypes[entry.type]), scalar(entry.type, entry.value)];
  const head = [scalar('u32', valueTypes.array), scalar('u32', valueTypes[entry.of]), scalar('u64', entry.values.length)];
  return [key, ...head, ...entry.values.map((value) => scalar(entry.of, value))];
}

function scalar(type: ScalarType, value: number | bigint | boolean | string): Buffer {
  if (type === 'string') {
    const text = Buffer.from(String(value));
    return Buffer.concat([scalar('u64', text.length), text]);
  }
  const bytes = Buffer.alloc(type === 'bool' ? 1 : type === 'u64' ? 8 : 4);
  if (type === 'u64') bytes.writeBigUInt64LE(BigInt(value));
  else if (type === 'f32') bytes.writeFloatLE(Number(value));
  else if (type === 'i32') bytes.writeInt32LE(Number(value));
  else if (type === 'bool') bytes.writeUInt8(value ? 1 : 0);
  else bytes.writeUInt32LE(Number(value));
  return bytes;
}

const padded = (length: number): number => Math.ceil(length / alignment) * alignment;
const filler = (length: number): Buffer => Buffer.alloc(padded(length) - length);
