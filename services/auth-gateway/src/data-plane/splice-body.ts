import { marginOf } from './read-body.ts';
import { type Member, memberOf, type ScannedObject } from './scan-json.ts';

/** Members that a target adds to every request, already as bytes. */
export interface Additions {
  /** Only where the request does not say it itself. */
  readonly defaults: readonly Addition[];
  /** Whatever the request says: the upstream's model name, the operator's extra_body. */
  readonly forced: readonly Addition[];
}
export interface Addition {
  readonly key: string;
  /** `"key":value` */
  readonly bytes: Buffer;
}

export const addition = (key: string, value: unknown): Addition => ({
  key,
  bytes: Buffer.from(`${JSON.stringify(key)}:${JSON.stringify(value)}`),
});

export function additions(from: {
  defaults: Readonly<Record<string, unknown>>;
  forced: Readonly<Record<string, unknown>>;
}): Additions {
  const list = (object: Readonly<Record<string, unknown>>): Addition[] =>
    Object.entries(object).map(([key, value]) => addition(key, value));
  return Object.freeze({ defaults: Object.freeze(list(from.defaults)), forced: Object.freeze(list(from.forced)) });
}

const OPEN = Buffer.from('{');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from('}');

/**
 * The body with members set, without re-serialising it: the caller's other members go on byte for byte. Forced members stand
 * first, replace the caller's own of that key, and so exist once, which is what makes the authorised model the forwarded one.
 * A large body that `readBody` made is changed where it lies: use the answer, not the body, afterwards.
 */
export function spliceBody(body: Buffer, object: ScannedObject, { defaults, forced }: Additions, perRequest?: Addition): Buffer {
  const parts: Buffer[] = [OPEN];
  for (const { bytes } of forced) push(parts, bytes);
  if (perRequest !== undefined && !has(forced, perRequest.key)) push(parts, perRequest.bytes);
  for (const { key, bytes } of defaults) {
    if (memberOf(object, key) === undefined && !has(forced, key) && perRequest?.key !== key) push(parts, bytes);
  }
  pushKept(parts, body, object, (member) => !has(forced, member.key) && member.key !== perRequest?.key);
  parts.push(CLOSE);
  return inPlace(body, parts) ?? Buffer.concat(parts);
}

/**
 * Puts the parts together around the largest one, which stays where it is in the body's own memory: a prompt of a megabyte is
 * not copied to change a model's name. Undefined where the body has no margin or the rest does not fit into it.
 */
function inPlace(body: Buffer, parts: readonly Buffer[]): Buffer | undefined {
  const margin = marginOf(body);
  if (margin === 0) return undefined;
  let largest = 0;
  for (let index = 1; index < parts.length; index += 1) {
    if ((parts[index] as Buffer).length > (parts[largest] as Buffer).length) largest = index;
  }
  const middle = parts[largest] as Buffer;
  if (middle.buffer !== body.buffer) return undefined;
  // Copied first: parts of the body's own may lie where others go.
  const before = Buffer.concat(parts.slice(0, largest));
  const after = Buffer.concat(parts.slice(largest + 1));
  const start = middle.byteOffset - before.length;
  const end = middle.byteOffset + middle.length + after.length;
  if (start < 0 || end > body.buffer.byteLength) return undefined;
  const memory = Buffer.from(body.buffer);
  before.copy(memory, start);
  after.copy(memory, end - after.length);
  return memory.subarray(start, end);
}

/** The caller's members that stay, neighbours in one piece. */
function pushKept(parts: Buffer[], body: Buffer, { members }: ScannedObject, stays: (member: Member) => boolean): void {
  let from: Member | undefined;
  let to: Member | undefined;
  for (const member of members) {
    if (stays(member)) {
      from ??= member;
      to = member;
      continue;
    }
    if (from !== undefined && to !== undefined) push(parts, body.subarray(from.keyStart, to.end));
    from = undefined;
  }
  if (from !== undefined && to !== undefined) push(parts, body.subarray(from.keyStart, to.end));
}

function push(parts: Buffer[], bytes: Buffer): void {
  if (parts.length > 1) parts.push(COMMA);
  parts.push(bytes);
}

const has = (list: readonly Addition[], key: string): boolean => {
  for (const entry of list) if (entry.key === key) return true;
  return false;
};
