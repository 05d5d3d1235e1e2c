import { z } from 'zod';
import { samplingFields } from './sampling-schema.ts';

const tokenIds = z.array(z.int().min(0).max(0xffff_ffff)).min(1).max(1_048_576);

/** `POST /v1/completions` */
export const completionsSchema = z.object({
  ...samplingFields,
  prompt: z.union(
    [z.string(), z.array(z.string()).min(1).max(32), tokenIds, z.array(tokenIds).min(1).max(32)],
    'must be a text, a list of token ids, or a list of at most 32 of either',
  ),
  echo: z.boolean().nullish(),
  logprobs: z.int().min(0).max(20).nullish(),
  suffix: z.union([z.null(), z.literal('')], 'is not supported: no model here fills in the middle').optional(),
  best_of: z.int().min(1).max(16).nullish(),
});

export type CompletionsRequest = z.infer<typeof completionsSchema>;
