import type { CustomBatchingPrioritizationStrategy } from 'node-llama-cpp';

/**
 * Makes node-llama-cpp decode all active sequences together. Left alone it starts the next batch a few microtasks before the
 * last sequence has asked for its next token, so with N streams every batch holds N-1 (seen with 4 and 8). Answering
 * "nothing yet" lets those microtasks run; after `patience` answers the batch goes as it is.
 */
export interface FullBatches {
  strategy: CustomBatchingPrioritizationStrategy;
  /** A sequence begins, or goes on after a pause, to ask for tokens back to back. */
  enter(): void;
  leave(): void;
}

const patience = 20;

export function createFullBatches(): FullBatches {
  let active = 0;
  let refusals = 0;
  return {
    enter() {
      active += 1;
    },
    leave() {
      active -= 1;
    },
    strategy({ items, size }) {
      if (items.length < active && refusals < patience) {
        refusals += 1;
        return [];
      }
      refusals = 0;
      return shareBatch(items, size);
    },
  };
}

/** The shortest first: a generating sequence needs one place, and what is left is for prompts. */
function shareBatch<Item extends { tokens: readonly unknown[] }>(
  items: readonly Item[],
  size: number,
): { item: Item; processAmount: number }[] {
  let left = size;
  const shares: { item: Item; processAmount: number }[] = [];
  for (const item of [...items].sort((a, b) => a.tokens.length - b.tokens.length)) {
    const processAmount = Math.min(item.tokens.length, left);
    if (processAmount === 0) break;
    shares.push({ item, processAmount });
    left -= processAmount;
  }
  return shares;
}
