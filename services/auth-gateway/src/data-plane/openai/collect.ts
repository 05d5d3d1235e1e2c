import type { Chunk, TokenLogprob } from '../../clients.ts';

/** One choice as it grew. */
export interface Collected {
  text: string;
  reasoning: string;
  readonly toolCalls: { id: string; name: string; arguments: string }[];
  readonly logprobs: TokenLogprob[];
  finishReason: string;
}

/** Puts the chunks of an answer together, choice by choice. */
export function collector(choices: number): { readonly choices: readonly Collected[]; add(chunks: readonly Chunk[]): void } {
  const collected = Array.from(
    { length: choices },
    (): Collected => ({ text: '', reasoning: '', toolCalls: [], logprobs: [], finishReason: 'stop' }),
  );
  return {
    choices: collected,
    add(chunks) {
      for (const chunk of chunks) {
        const choice = collected[chunk.index];
        if (choice === undefined) continue;
        choice.text += chunk.text;
        choice.reasoning += chunk.reasoning;
        choice.logprobs.push(...chunk.logprobs);
        for (const delta of chunk.toolCalls) {
          const call = choice.toolCalls[delta.index];
          if (call === undefined) choice.toolCalls[delta.index] = { id: delta.id, name: delta.name, arguments: delta.arguments };
          else {
            call.arguments += delta.arguments;
            call.name ||= delta.name;
          }
        }
      }
    },
  };
}
