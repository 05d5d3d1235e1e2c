import { z } from 'zod';

const maxInputs = 2048;
const tokenIds = z.array(z.int().min(0).max(0xffff_ffff)).min(1).max(1_048_576);

/** `POST /v1/embeddings` */
export const embeddingsSchema = z.object({
  model: z.string().nullish(),
  input: z.union(
    [z.string().min(1), z.array(z.string().min(1)).min(1).max(maxInputs), tokenIds, z.array(tokenIds).min(1).max(maxInputs)],
    `must be a text that is not empty, a list of token ids, or a list of at most ${maxInputs} of either`,
  ),
  encoding_format: z.enum(['float', 'base64'], 'must be float or base64').nullish(),
  dimensions: z.int().min(1).max(65_536).nullish(),
  user: z.string().max(1024).nullish(),
});

export type EmbeddingsRequest = z.infer<typeof embeddingsSchema>;
