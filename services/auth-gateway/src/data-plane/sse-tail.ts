import { Gathered } from './gathered.ts';
import { type TokenUsage, usageOf } from './usage-in-tail.ts';

/**
 * Follows a stream of server-sent events that is passed on: hands out whole events only, reads the usage from the chunk that
 * carries it, and takes that chunk out when its caller did not ask for it. An ordinary event costs a few native searches.
 */
export interface SseTail {
  /** The bytes to pass on now; undefined when there is not yet a whole event, or nothing of it is the caller's. */
  take(chunk: Buffer): Buffer | undefined;
  /** What is left when the stream ended without an empty line. */
  rest(): Buffer | undefined;
  /** `data: [DONE]` was seen. */
  readonly ended: boolean;
  readonly usage: TokenUsage | undefined;
  /** Events seen; where no usage came, about the tokens. */
  readonly frames: number;
}

const LF = 0x0a;
const CR = 0x0d;
const usageKey = Buffer.from('"usage"');
const doneText = '[DONE]';
const lineEnds = Buffer.from('\n\n');
const crlfLineEnds = Buffer.from('\r\n\r\n');
/** An event larger than this is passed on in pieces and not looked into. */
const maxPendingBytes = 1024 * 1024;

export function createSseTail(hidesUsage: boolean): SseTail {
  /** The beginning of an event. */
  const held = new Gathered();
  let ended = false;
  let usage: TokenUsage | undefined;
  let frames = 0;

  const look = (whole: Buffer): Buffer | undefined => {
    frames += countEvents(whole);
    if (endsInDone(whole)) ended = true;
    return mayHoldUsage(whole) ? withoutUsage(whole) : whole;
  };

  const withoutUsage = (whole: Buffer): Buffer | undefined => {
    const kept: Buffer[] = [];
    for (const event of eventsOf(whole)) {
      const chunk = mayHoldUsage(event) ? dataOf(event) : undefined;
      const found = usageOf(chunk?.usage);
      if (found !== undefined) usage = found;
      const isUsageOnly = found !== undefined && Array.isArray(chunk?.choices) && chunk.choices.length === 0;
      if (!(hidesUsage && isUsageOnly)) kept.push(event);
      else frames -= 1;
    }
    return kept.length === 0 ? undefined : Buffer.concat(kept);
  };

  return {
    take(chunk) {
      if (held.size === 0) {
        const end = endOfLastEvent(chunk);
        if (end === chunk.length) return look(chunk);
        held.add(chunk.subarray(end));
        return end === 0 ? undefined : look(chunk.subarray(0, end));
      }
      // An empty line may have begun up to three bytes before.
      const searched = Math.max(0, held.size - 3);
      held.add(chunk);
      const { bytes } = held;
      const found = endOfLastEvent(bytes.subarray(searched));
      if (found === 0 && bytes.length <= maxPendingBytes) return undefined;
      const end = found === 0 ? bytes.length : searched + found;
      held.clear();
      held.add(bytes.subarray(end));
      return look(bytes.subarray(0, end));
    },
    rest() {
      if (held.size === 0) return undefined;
      const left = held.bytes;
      held.clear();
      return look(Buffer.concat([left, lineEnds]));
    },
    get ended() {
      return ended;
    },
    get usage() {
      return usage;
    },
    get frames() {
      return frames;
    },
  };
}

/** Offset after the last empty line, 0 when there is none. */
function endOfLastEvent(bytes: Buffer): number {
  const { length } = bytes;
  if (
    length >= 2 &&
    bytes[length - 1] === LF &&
    (bytes[length - 2] === LF || (bytes[length - 2] === CR && bytes[length - 3] === LF))
  )
    return length;
  const lf = bytes.lastIndexOf(lineEnds);
  const crlf = bytes.lastIndexOf(crlfLineEnds);
  return Math.max(lf === -1 ? 0 : lf + 2, crlf === -1 ? 0 : crlf + 4);
}

/** Whether the last event is `data: [DONE]`. A chunk's text may say so too, but a quote follows it there. */
function endsInDone(bytes: Buffer): boolean {
  let at = bytes.length - 1;
  while (at >= 0 && (bytes[at] === LF || bytes[at] === CR)) at -= 1;
  // A bracket ends this event only; JSON data ends in a brace.
  return bytes[at] === 0x5d && bytes.toString('latin1', at - 5, at + 1) === doneText;
}

function countEvents(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(lineEnds); at !== -1; at = bytes.indexOf(lineEnds, at + 2)) count += 1;
  return count === 0 ? 1 : count;
}

/** Whether a `usage` that is an object (and not the usual null) may stand in these bytes. */
function mayHoldUsage(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(usageKey); at !== -1; at = bytes.indexOf(usageKey, at + usageKey.length)) {
    let next = at + usageKey.length;
    while (bytes[next] === 0x20 || bytes[next] === 0x3a) next += 1;
    if (bytes[next] === 0x7b) return true;
  }
  return false;
}

/** The events of these bytes, each with its empty line. */
function* eventsOf(bytes: Buffer): Generator<Buffer> {
  let start = 0;
  let lf = -1;
  let crlf = -1;
  while (start < bytes.length) {
    // Searched again only once it is passed: what is not there would be looked for to the end, event by event.
    if (lf < start) lf = positionOf(bytes, lineEnds, start);
    if (crlf < start) crlf = positionOf(bytes, crlfLineEnds, start);
    const end = Math.min(bytes.length, lf + lineEnds.length, crlf + crlfLineEnds.length);
    yield bytes.subarray(start, end);
    start = end;
  }
}

const positionOf = (bytes: Buffer, wanted: Buffer, from: number): number => {
  const at = bytes.indexOf(wanted, from);
  return at === -1 ? Number.POSITIVE_INFINITY : at;
};

function dataOf(event: Buffer): { usage?: unknown; choices?: unknown } | undefined {
  const text = event
    .toString()
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n');
  try {
    return JSON.parse(text) as { usage?: unknown; choices?: unknown };
  } catch {
    return undefined;
  }
}
