import { AppError } from '@sangha/errors';
import type { OrgId } from '@sangha/identity';
import type { LlamaContext, LlamaContextSequence, Token } from 'node-llama-cpp';

/** A sequence while one choice works on it. */
export interface Lease {
  readonly sequence: LlamaContextSequence;
  /** Prompt tokens whose state was kept from an earlier request of the same organisation. */
  readonly cachedTokens: number;
  /** `discard` when the sequence may be broken: a fresh one takes its place. */
  release(options?: { discard: boolean }): Promise<void>;
}

export interface SequencePool {
  /**
   * A sequence for this prompt, holding as much of its prefix as an earlier request of the same organisation left, and
   * nothing of anybody else's. Throws `unavailable` when all are busy: queueing is the runner's task.
   */
  acquire(orgId: OrgId, prompt: readonly Token[]): Promise<Lease>;
  readonly size: number;
}

interface Slot {
  sequence: LlamaContextSequence;
  owner: OrgId | undefined;
  busy: boolean;
  usedAt: number;
}

export function createSequencePool(context: LlamaContext): SequencePool {
  let clock = 0;
  const slots: Slot[] = Array.from({ length: context.totalSequences }, () => ({
    sequence: openSequence(context),
    owner: undefined,
    busy: false,
    usedAt: 0,
  }));

  return {
    size: slots.length,
    async acquire(orgId, prompt) {
      const slot = chooseSlot(
        slots.filter(({ busy }) => !busy),
        orgId,
        prompt,
      );
      if (!slot) throw new AppError('unavailable', 'All sequences of this engine are busy. Try again.', { retryAfterSecs: 1 });
      slot.busy = true;
      try {
        await prepare(slot, orgId, prompt);
      } catch (error) {
        slot.owner = undefined;
        slot.busy = false;
        throw error;
      }
      return {
        sequence: slot.sequence,
        cachedTokens: slot.sequence.nextTokenIndex,
        async release({ discard } = { discard: false }) {
          if (discard) await replace(slot, context);
          slot.usedAt = ++clock;
          slot.busy = false;
        },
      };
    },
  };
}

/** A new sequence, because an evaluation that failed halfway may hold the old one's lock for ever. Its state goes with it. */
async function replace(slot: Slot, context: LlamaContext): Promise<void> {
  slot.owner = undefined;
  await slot.sequence.dispose();
  slot.sequence = openSequence(context);
}

/** Wipes at hand-over, and within one organisation keeps the common prefix. At least one token is left to evaluate. */
async function prepare(slot: Slot, orgId: OrgId, prompt: readonly Token[]): Promise<void> {
  if (slot.owner !== orgId) {
    slot.owner = undefined;
    await slot.sequence.clearHistory();
    slot.owner = orgId;
    return;
  }
  await slot.sequence.adaptStateToTokens(prompt.slice(0, -1), false);
}

function chooseSlot(idle: readonly Slot[], orgId: OrgId, prompt: readonly Token[]): Slot | undefined {
  let best: Slot | undefined;
  let bestLength = 0;
  for (const slot of idle) {
    if (slot.owner !== orgId) continue;
    const length = commonPrefix(slot.sequence.contextTokens, prompt);
    if (length > bestLength) [best, bestLength] = [slot, length];
  }
  // A short common beginning (a shared system prompt) is not worth the rest of another conversation's state.
  if (best && bestLength * 2 >= Math.min(prompt.length, best.sequence.nextTokenIndex)) return best;
  return idle.find(({ owner }) => owner === undefined) ?? leastRecentlyUsed(idle);
}

const leastRecentlyUsed = (slots: readonly Slot[]): Slot | undefined =>
  slots.reduce<Slot | undefined>((oldest, slot) => (oldest && oldest.usedAt <= slot.usedAt ? oldest : slot), undefined);

function commonPrefix(a: readonly Token[], b: readonly Token[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

/** Without the library's context shift: it would silently forget the beginning of the conversation. */
function openSequence(context: LlamaContext): LlamaContextSequence {
  return context.getSequence({
    contextShift: {
      strategy() {
        throw new AppError(
          'context_length_exceeded',
          'The request grew beyond the context of this model. Shorten it or lower max_tokens.',
        );
      },
    },
  });
}
