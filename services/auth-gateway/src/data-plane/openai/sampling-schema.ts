import { z } from 'zod';

const number = (min: number, max: number) => z.number().min(min).max(max).nullish();
const whole = (min: number, max: number) => z.int().min(min).max(max).nullish();

/** What a context can hold at the very most; numbers are bounded before anything is made from them. */
const maxTokens = 16_777_216;
const maxLogitBias = 1024;

/** The fields that chat and completions share. Those of other servers that callers like (top_k, min_p, …) are there too. */
export const samplingFields = {
  model: z.string().nullish().describe('A name from GET /v1/models. Absent: the default model of the organisation.'),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: number(0, 2),
  top_p: number(0, 1),
  top_k: whole(0, 1_000_000),
  min_p: number(0, 1),
  frequency_penalty: number(-2, 2),
  presence_penalty: number(-2, 2),
  repeat_penalty: number(0, 10),
  seed: z.int().nullish(),
  max_tokens: whole(1, maxTokens),
  n: whole(1, 16),
  stop: z
    .union(
      [z.string().min(1).max(256), z.array(z.string().min(1).max(256)).max(16)],
      'must be a text or at most 16 texts of 1 to 256 characters',
    )
    .nullish(),
  logit_bias: z
    .record(z.string().regex(/^\d{1,9}$/, 'keys must be token ids'), z.number().min(-100).max(100))
    .refine((bias) => Object.keys(bias).length <= maxLogitBias, `at most ${maxLogitBias} tokens`)
    .nullish(),
  user: z.string().max(1024).nullish(),
} as const;

export type SamplingFields = z.infer<z.ZodObject<typeof samplingFields>>;
